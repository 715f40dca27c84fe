import type { WholeMachine } from '../database/machines.js';
import type { ProjectRow } from '../database/projects.js';
import type { MachineProtocol } from '../machines/protocol.js';
import { type MachineStarter, targetOf } from '../pool/starter.js';
import type { Sealer } from './sealing.js';

export interface ConfiguratorParts {
  readonly protocol: Pick<MachineProtocol, 'configure'>;
  readonly starter: MachineStarter;
  readonly sealer: Sealer;
}

/** Tells a running machine which project it now is; the machine keeps it on its volume and needs no restart. */
export class Configurator {
  readonly #parts: ConfiguratorParts;

  constructor(parts: ConfiguratorParts) {
    this.#parts = parts;
  }

  async configure(machine: WholeMachine, project: ProjectRow, signal: AbortSignal): Promise<void> {
    const { protocol, starter, sealer } = this.#parts;
    const body = { project_id: project.id, deploy_key: sealer.open(project.deploy_key_sealed, project.id) };
    await starter.speak(machine, () => protocol.configure(targetOf(machine), project.epoch, body, { signal }), signal);
  }
}
