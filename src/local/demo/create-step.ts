import { z } from 'zod';
import type { StoryStep } from './report.js';
import type { Stage } from './stage.js';

const created = z.object({
  id: z.string().min(1),
  url: z.string().min(1),
  deploy_key: z.string().min(1),
  machine_id: z.string(),
  state: z.string(),
});

export const createStep: StoryStep<Stage> = {
  name: 'A project is created on a warm machine',
  run: async ({ platform, visitor, witness, told }, signal) => {
    const answer = await visitor.read(created, `${platform.publicUrl}/api/projects`, {
      method: 'POST',
      json: {},
      signal,
    });
    const warm = told.warm.find((machine) => machine.id === answer.machine_id);
    if (!warm) throw new Error(`Machine ${answer.machine_id} did not come from the warm pool.`);
    const machine = await witness.flyMachine(answer.machine_id);
    if (machine.instance_id !== warm.version)
      throw new Error('The machine was updated instead of being configured as it ran.');
    told.projectId = answer.id;
    told.machineId = answer.machine_id;
    return `${answer.url} on machine ${answer.machine_id}, configured without a restart; deploy key ${answer.deploy_key.slice(0, 8)}…`;
  },
};
