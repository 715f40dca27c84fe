import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Instance } from '../support/instance.js';
import { checkInvariants, listedMachines } from '../support/invariants.js';
import { settle } from '../support/settle.js';
import { Sleeper } from '../support/sleeper.js';
import { type TestPlatform, testPlatform } from '../support/test-platform.js';

let platform: TestPlatform;
/** Is paused, past its deadline, and comes back. */
let one: Instance;
let two: Instance;
/** Awake when a test begins, and its own. */
let sleeper: Sleeper;
let number = 0;

beforeAll(async () => {
  platform = await testPlatform();
  one = await platform.controlPlane();
  two = await platform.controlPlane();
});
afterAll(async () => {
  await settle(platform, two);
  expect(await checkInvariants(platform)).toEqual([]);
  await platform[Symbol.asyncDispose]();
});

beforeEach(async () => {
  number += 1;
  sleeper = await new Sleeper(platform, one, `sleeper-${number}`).create();
});

test('G6: an owner that comes back after another has woken the project changes nothing', async () => {
  await sleeper.fallAsleep();
  const frozen = one.calls.freezeBefore((call) => call.endsWith('/internal/restore-from-r2'));
  const late = one.valet.projects.wake(sleeper.id).catch((error: unknown) => error);
  await frozen;
  await platform.database.travel('1 minute');
  await two.run('recover');
  await two.valet.projects.wake(sleeper.id);
  await platform.visit(sleeper.id, '/kv/new', { method: 'PUT', body: 'written since' });
  const before = await sleeper.row();
  one.calls.thaw();
  await late;
  expect(await sleeper.row()).toEqual(before);
  expect(await (await platform.visit(sleeper.id, '/kv/new')).text()).toBe('written since');
  await sleeper.expectData();
});

test('G6: an owner that was paused before its commit changes nothing when it comes back', async () => {
  const frozen = one.calls.freezeBefore((call) => call === 'database: archived');
  const late = one.valet.projects.archive(sleeper.id).catch((error: unknown) => error);
  await frozen;
  await platform.database.travel('1 minute');
  await two.run('recover');
  await platform.visit(sleeper.id, '/kv/new', { method: 'PUT', body: 'written since' });
  const before = await sleeper.row();
  const machines = await listedMachines(platform);
  one.calls.thaw();
  expect(await late).toMatchObject({ code: 'state_changed' });
  expect(await sleeper.row()).toEqual(before);
  expect(await (await platform.visit(sleeper.id, '/kv/new')).text()).toBe('written since');
  expect(await listedMachines(platform)).toEqual(machines);
});

test('G1, G6: an owner that was paused before its commit does not commit into the attempt of another', async () => {
  const frozen = one.calls.freezeBefore((call) => call === 'database: archived');
  const late = one.valet.projects.archive(sleeper.id).catch((error: unknown) => error);
  await frozen;
  await platform.database.travel('1 minute');
  await two.run('recover');
  await platform.visit(sleeper.id, '/kv/new', { method: 'PUT', body: 'written since' });
  const another = two.calls.freezeBefore((call) => call === 'database: archived');
  const archiving = two.valet.projects.archive(sleeper.id);
  await another;
  one.calls.thaw();
  expect(await late).toMatchObject({ code: 'state_changed' });
  expect(await sleeper.row()).toMatchObject({ state: 'archiving', current_archive_id: null });
  two.calls.thaw();
  await archiving;
  await sleeper.wakeUp();
  expect(await (await platform.visit(sleeper.id, '/kv/new')).text()).toBe('written since');
});

test('G6: the machine refuses an order to archive that comes after its project was given back', async () => {
  const frozen = one.calls.freezeBefore((call) => call.endsWith('/internal/archive-to-r2'));
  const late = one.valet.projects.archive(sleeper.id).catch((error: unknown) => error);
  await frozen;
  await platform.database.travel('1 minute');
  await two.run('recover');
  one.calls.thaw();
  expect(String(await late)).toContain('stale_epoch');
  await sleeper.expectData();
  expect(await sleeper.row()).toMatchObject({ state: 'active' });
});
