import { demoKey, demoText } from './about.js';
import type { StoryStep } from './report.js';
import type { Stage } from './stage.js';

const visitors = 20;

export const wakeStep: StoryStep<Stage> = {
  name: `${visitors} requests at once wake it once, from R2, with its data`,
  run: async ({ platform, visitor, witness, told }, signal) => {
    const host = `${told.projectId}.localhost:${platform.proxy.port}`;
    const began = performance.now();
    const answers = await Promise.all(
      Array.from({ length: visitors }, () => visitor.see(`${platform.proxy.url}/kv/${demoKey}`, { host, signal })),
    );
    const ms = Math.round(performance.now() - began);
    const wrong = answers.find(({ status, text }) => status !== 200 || text !== demoText);
    if (wrong) throw new Error(`One of them was answered ${wrong.status}: ${wrong.text.slice(0, 200)}`);
    const machines = (await witness.ownMachines()).filter(({ project_id }) => project_id === told.projectId);
    const awake = machines.filter(({ state }) => state === 'assigned');
    const before = machines.filter(({ fly_id }) => fly_id === told.machineId);
    // The one from before it slept, and one for the wake: a second wake would have claimed a third.
    if (awake.length !== 1 || machines.length !== before.length + 1) {
      throw new Error(`${machines.length} machines have been claimed for it: more than one wake.`);
    }
    told.machineId = awake[0]?.fly_id ?? '';
    return `all ${visitors} held and answered within ${ms} ms with the data of step 3, on warm machine ${told.machineId}`;
  },
};
