import { type Check, checksWith } from '../check.js';
import type { Probes } from '../probes.js';
import { judgePrivateNetwork } from '../verdicts/private-network.js';

export function machineChecks({ machines, onFly }: Probes): Check[] {
  return checksWith('network', machines, [
    {
      name: 'private_network',
      needs: ['migrations', 'fly_app'],
      timeoutMs: 15_000,
      run: async ({ machines: probe, urlTemplate }, signal) =>
        judgePrivateNetwork(urlTemplate, onFly, await probe.ask(signal)),
    },
  ]);
}
