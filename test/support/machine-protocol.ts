import { MachineProtocol, type MachineProtocolOptions } from '../../src/sdk/machines/protocol.js';
import type { ScriptedServer } from './scripted-server.js';

export const machineTarget = { flyId: '0123456789abcd', name: 'valet-m-1' };
export const machineTitle = 'Machine valet-m-1 (0123456789abcd)';

export interface TestMachineProtocol extends AsyncDisposable {
  readonly protocol: MachineProtocol;
}

/** Fly's private name as a path, which a scripted server can show. */
export function protocolOf(
  server: Pick<ScriptedServer, 'url'>,
  options: Partial<MachineProtocolOptions> = {},
): TestMachineProtocol {
  const urlTemplate = `${server.url}/{machine_id}.vm.{app}.internal/`;
  const protocol = new MachineProtocol({
    urlTemplate,
    app: 'demo-app',
    internalSecrets: ['behind'],
    random: () => 0,
    ...options,
  });
  return { protocol, [Symbol.asyncDispose]: () => protocol.close() };
}

export const machineStatus = {
  ready: true,
  project_id: 'demo',
  epoch: 7,
  serving: true,
  quiesced: false,
  open_connections: 2,
  last_activity_at: '2026-01-01T00:00:00.000Z',
  tables: { notes: 3 },
};
