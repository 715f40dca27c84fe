import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nameOf, operations } from '../support/published/operations.js';
import { otherAnswers } from './other-answers.js';
import { scenarios } from './scenarios.js';
import { openEmulatorStage, openSharedStages, type SharedStages } from './stages.js';

const shared = scenarios.filter((each) => each.needs !== 'emulator').map((each) => [each.title, each] as const);
const alone = scenarios.filter((each) => each.needs === 'emulator').map((each) => [each.title, each] as const);

const succeeded = new Set<string>();

// After all that is concurrent: nothing published is left out, and so nothing passes unseen.
afterAll(() => {
  expect(operations.map(nameOf).filter((name) => !succeeded.has(name))).toEqual([]);
});

describe.concurrent.each([
  ['the emulated Fly', {}],
  ['the emulated Fly, with the other answer wherever none is confirmed', { unconfirmed: otherAnswers }],
])('%s', (_name, options) => {
  let stages: SharedStages;
  beforeAll(async () => {
    stages = await openSharedStages(options);
  });
  afterAll(() => stages[Symbol.asyncDispose]());

  it.each(shared)('%s', async (_title, scenario) => {
    await using stage = await stages.open();
    await scenario.run(stage);
    stage.recorder.expectPublished();
    for (const name of stage.recorder.succeeded) succeeded.add(name);
  });
});

describe.concurrent('the emulated Fly, told what to do', () => {
  it.each(alone)('%s', async (_title, scenario) => {
    await using stage = await openEmulatorStage(scenario.options);
    await scenario.run(stage);
    stage.recorder.expectPublished();
    for (const name of stage.recorder.succeeded) succeeded.add(name);
  });
});
