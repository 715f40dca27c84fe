import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Ground, openGround } from './ground.js';
import { run } from './run.js';
import { scripted } from './scripted.js';

let ground: Ground;

beforeAll(async () => {
  ground = await openGround();
});
afterAll(() => ground?.[Symbol.asyncDispose]());

test.for(scripted)('$title', { timeout: 60_000 }, async ({ scenario }) => {
  expect(await run(ground, scenario)).toEqual([]);
});
