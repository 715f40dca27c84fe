import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readObservers } from '../../../src/sdk/config/observers.js';
import { observerPreset } from '../../../src/sdk/routing/observer-preset.js';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'valet-observers-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

let number = 0;
async function read(content: unknown) {
  number += 1;
  const path = join(dir, `policy-${number}.json`);
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  return readObservers(path);
}

test('nobody only observes where ROUTER_OBSERVERS is none, and the preset is the preset', async () => {
  expect(await readObservers('none')).toEqual([]);
  expect(await readObservers('preset')).toBe(observerPreset);
});

test('a file says who observes', async () => {
  const observers = [
    { name: 'status page', methods: ['GET', 'HEAD'], paths: ['/status', '/health*'] },
    { name: 'our robot', user_agents: ['our-robot/'] },
  ];
  expect(await read({ observers })).toEqual(observers);
});

test('the preset could be a file', async () => {
  expect(await read({ observers: observerPreset })).toEqual(observerPreset);
});

test.each([
  ['no JSON', '{', /names the file ".*policy-\d+\.json".*it is not JSON/],
  ['another shape', [], /it: .*expected object/],
  ['a field that we do not know', { observers: [{ name: 'x', agents: ['abc'] }] }, /observers\[0\]: .*"agents"/],
  ['a rule for everything', { observers: [{ name: 'x' }] }, /observers\[0\]: must name methods, paths or user_agents/],
  ['an empty list', { observers: [{ name: 'x', paths: [] }] }, /observers\[0\]\.paths: /],
  [
    'a path without a slash',
    { observers: [{ name: 'x', paths: ['health'] }] },
    /observers\[0\]\.paths\[0\]: must be a path/,
  ],
  [
    'a star in the middle',
    { observers: [{ name: 'x', paths: ['/a*b'] }] },
    /observers\[0\]\.paths\[0\]: must be a path/,
  ],
  [
    'a method in small letters',
    { observers: [{ name: 'x', methods: ['get'] }] },
    /methods\[0\]: must be a method in cap/,
  ],
  ['an agent that fits nearly all', { observers: [{ name: 'x', user_agents: ['M'] }] }, /user_agents\[0\]: /],
])('a file with %s is refused', async (_what, content, problem) => {
  await expect(read(content)).rejects.toMatchObject({
    code: 'config_invalid',
    message: expect.stringMatching(problem),
  });
  await expect(read(content)).rejects.toThrow('ROUTER_OBSERVERS');
});

test('a file that is not there is refused', async () => {
  await expect(readObservers(join(dir, 'nowhere.json'))).rejects.toMatchObject({ code: 'config_invalid' });
});
