import { z } from 'zod';
import type { StoryStep } from './report.js';
import type { Stage } from './stage.js';

const result = z.object({
  archived: z.array(z.string()),
  kept: z.array(z.object({ id: z.string(), reason: z.string() })),
  failed: z.array(z.object({ id: z.string(), reason: z.string() })),
});

/** Instead of waiting a week. */
const olderThan = '1s';

export const sweepStep: StoryStep<Stage> = {
  name: 'The sweep archives it, proves the archive and gives the machine back',
  run: async ({ witness, told }, signal) => {
    const ownMachine = (await witness.ownMachines()).find((machine) => machine.fly_id === told.machineId);
    await witness.until(
      'the sweep archives the project',
      async () => {
        const swept = await witness.command(result, ['sweep', 'run', '--older-than', olderThan], signal);
        const failure = swept.failed.find(({ id }) => id === told.projectId);
        if (failure) throw new Error(`Archiving failed: ${failure.reason}`);
        return swept.archived.includes(told.projectId);
      },
      signal,
    );
    const { archive } = await witness.archivedProject(told.projectId);
    await witness.until(
      'Fly has neither its machine nor its volume, and Valet knows',
      async () => {
        const machines = await witness.flyMachines();
        const volumes = await witness.flyVolumes();
        const own = (await witness.ownMachines()).find(({ id }) => id === ownMachine?.id);
        const gone = !machines.some(({ id }) => id === told.machineId) && !volumes.includes(own?.volume_id ?? '');
        return gone && own?.state === 'retired';
      },
      signal,
    );
    return `valet sweep run --older-than ${olderThan}: ${archive.size_bytes} bytes in R2, SHA-256 ${archive.r2_checksum.slice(0, 12)}…, read back and proven; dormant, machine and volume gone at Fly`;
  },
};
