import { about } from './about.js';
import type { StoryStep } from './report.js';
import type { Stage } from './stage.js';

export const sleepStep: StoryStep<Stage> = {
  name: 'Idle, it is suspended, and resumes with its memory',
  run: async ({ platform, visitor, witness, told }, signal) => {
    const host = `${told.projectId}.localhost:${platform.proxy.port}`;
    const look = () => visitor.read(about, `${platform.proxy.url}/about`, { host, signal });
    const before = await look();
    await witness.until(
      'Fly has suspended the machine',
      async () => (await witness.flyMachine(told.machineId)).state === 'suspended',
      signal,
    );
    const began = performance.now();
    const after = await look();
    const resumedMs = Math.round(performance.now() - began);
    if (after.boot_id !== before.boot_id) throw new Error('The machine was booted anew: its memory is gone.');
    if (after.requests_since_boot <= before.requests_since_boot) throw new Error('Its counter in memory was lost.');
    return `suspended by Fly's proxy; the next request was answered in ${resumedMs} ms by the same process, its counter at ${after.requests_since_boot}`;
  },
};
