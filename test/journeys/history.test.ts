import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Instance } from '../support/instance.js';
import { Sleeper } from '../support/sleeper.js';
import { type TestPlatform, testPlatform } from '../support/test-platform.js';

let platform: TestPlatform;
let instance: Instance;
let sleeper: Sleeper;

beforeAll(async () => {
  platform = await testPlatform();
  instance = await platform.controlPlane();
  sleeper = await new Sleeper(platform, instance, 'sleeper').create();
});
afterAll(() => platform?.[Symbol.asyncDispose]());

test('the history of a life has every step, with who caused it and why, in pages', async () => {
  const { projects } = instance.valet;
  await projects.hold(sleeper.id, { for_secs: 60 });
  await projects.hold(sleeper.id, { for_secs: 0 });
  await sleeper.fallAsleep();
  await projects.restore(sleeper.id);
  await projects.delete(sleeper.id);
  const pages = [await projects.events(sleeper.id, { limit: 4 })];
  for (let cursor = pages[0]?.next_cursor; cursor; cursor = pages.at(-1)?.next_cursor) {
    pages.push(await projects.events(sleeper.id, { limit: 4, cursor }));
  }
  const events = pages.flatMap((page) => page.events).toReversed();
  const operators = events.filter(({ actor }) => actor === `operator@${instance.name}`);
  expect(operators.map(({ what }) => what)).toEqual(
    expect.arrayContaining([
      'held',
      'hold_ended',
      'archive_begun',
      'archived',
      'archive_chosen',
      'wake_begun',
      'deleted',
    ]),
  );
  expect(events.every(({ id }, at) => at === 0 || id > (events[at - 1]?.id ?? 0))).toBe(true);
  expect(events.filter(({ what }) => what === 'archive_begun')).toMatchObject([{ why: 'an operator asked for it' }]);
});

test('G12: no event holds a secret', async () => {
  const [dump] = await platform.database.db.query<{ text: string }>('select json_agg(e)::text as text from events e');
  for (const secret of platform.secrets) expect(dump?.text).not.toContain(secret);
});

test('a creation that was rolled back has its history; an id that never was has none', async () => {
  platform.fly.faults.add({ call: 'create_volume', kind: 'refuse', status: 403, error: 'no', times: 1 });
  await expect(instance.valet.projects.create({ id: 'unborn' })).rejects.toThrow();
  const { events } = await instance.valet.projects.events('unborn');
  expect(events.map(({ what }) => what)).toContain('create_rolled_back');
  await expect(instance.valet.projects.events('never-was')).rejects.toMatchObject({ code: 'project_not_found' });
  await expect(instance.valet.projects.events('unborn', { cursor: 'x' })).rejects.toMatchObject({
    code: 'request_invalid',
  });
});

test('a project is explained by its row and its history', async () => {
  const { projects } = instance.valet;
  const asleep = await new Sleeper(platform, instance, 'explained').create();
  expect(await projects.explain(asleep.id)).toMatchObject({
    state: 'active',
    archived_at_earliest: expect.stringMatching(/Z$/),
    summary: expect.stringMatching(/^It is awake: last used \d+ seconds? ago\.$/),
  });
  await asleep.fallAsleep();
  const { archive } = await projects.get(asleep.id);
  await platform.store.delete(archive?.r2_key ?? '');
  await expect(projects.wake(asleep.id)).rejects.toMatchObject({ code: 'wake_failed' });
  const { summary, reasons, next } = await projects.explain(asleep.id);
  expect(summary).toMatch(/^It is asleep and could not be woken; it is tried again in \d+ seconds? at the earliest\.$/);
  expect(reasons[0]).toContain(`Archive ${archive?.id} of project explained is not in the store`);
  expect(next).toMatch(/An operator may wake it at once, or restore an earlier archive\.$/);
  await expect(projects.explain('never-was')).rejects.toMatchObject({ code: 'project_not_found' });
});
