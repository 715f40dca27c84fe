import { afterAll, beforeAll, describe, it } from 'vitest';
import { scenarios } from './scenarios.js';
import { openEmulatorStage, openSharedStages, type SharedStages } from './stages.js';

const shared = scenarios.filter((each) => each.needs !== 'emulator');
const alone = scenarios.filter((each) => each.needs === 'emulator');

describe.concurrent('the emulated Fly', () => {
  let stages: SharedStages;
  beforeAll(async () => {
    stages = await openSharedStages();
  });
  afterAll(() => stages[Symbol.asyncDispose]());

  it.each(shared)('$title', async (scenario) => {
    await using stage = await stages.open();
    await scenario.run(stage);
    stage.recorder.expectPublished();
  });

  it.each(alone)('$title', async (scenario) => {
    await using stage = await openEmulatorStage(scenario.options);
    await scenario.run(stage);
    stage.recorder.expectPublished();
  });
});
