import { createStep } from './create-step.js';
import { leakStep } from './leak-step.js';
import type { StoryStep } from './report.js';
import { sleepStep } from './sleep-step.js';
import type { Stage } from './stage.js';
import { sweepStep } from './sweep-step.js';
import { useStep } from './use-step.js';
import { wakeStep } from './wake-step.js';

const fillStep: StoryStep<Stage> = {
  name: 'The warm pool fills',
  run: async ({ witness, told }, signal) => {
    const pool = await witness.until(
      'the pool is full',
      async () => {
        const now = await witness.pool();
        return now.ready === now.target && now;
      },
      signal,
    );
    const machines = await witness.flyMachines();
    const volumes = await witness.flyVolumes();
    if (machines.length !== pool.target || volumes.length !== pool.target) {
      throw new Error(`Fly lists ${machines.length} machines and ${volumes.length} volumes, not ${pool.target} each.`);
    }
    told.warm = machines.map(({ id, instance_id }) => ({ id, version: instance_id }));
    return `machines ${machines.map(({ id }) => id).join(' and ')} are ready, each a process with a volume of its own`;
  },
};

const killStep: StoryStep<Stage> = {
  name: 'One of two valet serve is killed',
  run: async ({ platform }) => {
    const [victim] = platform.instances;
    if (!victim) throw new Error('There is no instance to kill.');
    await victim.kill();
    const left = platform.instances.filter((instance) => instance.running);
    if (victim.running || left.length !== platform.instances.length - 1)
      throw new Error(`${victim.name} is still running.`);
    return `SIGKILL to ${victim.name} (pid ${victim.pid}); ${left.map(({ name }) => name).join(', ')} carries on`;
  },
};

/** The main job, from an empty pool to a project that came back from R2. */
export const story: readonly StoryStep<Stage>[] = [
  fillStep,
  createStep,
  useStep,
  sleepStep,
  sweepStep,
  killStep,
  wakeStep,
  leakStep,
];
