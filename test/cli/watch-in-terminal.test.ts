import { afterEach, beforeEach, expect, test } from 'vitest';
import { ValetError } from '../../src/sdk/errors.js';
import type { ListProjects, Project } from '../../src/sdk/resources.js';
import { answeringValet } from '../support/answering-valet.js';
import { sampleProject } from '../support/fake-valet.js';
import { operatorSecret, startTestServer, type TestServer, TestServing } from '../support/server.js';
import { ValetInTerminal } from '../support/terminal.js';
import { busyOverview } from '../support/watched.js';

const all: readonly Project[] = ['alpha', 'beta', 'demo'].map((id, index) =>
  sampleProject({ id, state: index === 1 ? 'dormant' : 'active' }),
);

const fault: { of: Error | undefined } = { of: undefined };

/** A server that has something of everything to tell. */
function serving(): TestServing {
  const { answers } = answeringValet();
  const list = async ({ state, prefix = '' }: ListProjects = {}) => ({
    projects: all.filter(({ id, state: is }) => id.startsWith(prefix) && (state === undefined || is === state)),
    next_cursor: null,
  });
  const get = async (id: string) => sampleProject({ id });
  const overview = async () => {
    if (fault.of !== undefined) throw fault.of;
    return busyOverview();
  };
  return new TestServing({ ...answers, projects: { ...answers.projects, list, get }, overview });
}

let bench: TestServer;
beforeEach(async () => {
  fault.of = undefined;
  bench = await startTestServer(serving());
});
afterEach(() => bench[Symbol.asyncDispose]());

const before = 'what stood here before\r\n';

function watch(options: { readonly columns?: number; readonly rows?: number } = {}): ValetInTerminal {
  const env = { VALET_URL: `http://127.0.0.1:${bench.port}`, CONTROL_PLANE_SECRET: operatorSecret };
  return ValetInTerminal.start(['watch', '--every', '0.5s'], { env, before, ...options });
}

test('watch opens, filters, opens a project, goes back, and gives the terminal back as it was', async () => {
  await using terminal = watch();
  await terminal.shows('PROJECTS 10278');
  expect(terminal.screen).not.toContain('what stood here before');
  expect(terminal.screen.split('\n')).toHaveLength(24);
  expect(terminal.cursorShown).toBe(false);
  terminal.press('p');
  await terminal.shows(/> alpha .*\n {2}beta/);
  terminal.press('j');
  await terminal.shows(/> beta/);
  terminal.press('/');
  await terminal.shows('id begins with');
  for (const letter of 'de') terminal.press(letter);
  await terminal.shows(/id begins with de.*> demo/s);
  await expect.poll(() => terminal.screen).not.toContain('alpha');
  terminal.press('\r');
  await terminal.shows('Enter open');
  terminal.press('\r');
  await terminal.shows(/PROJECT demo active\n.*awake because it was used/s);
  terminal.press('\u001b');
  await terminal.shows('> demo');
  terminal.press('q');
  expect(await terminal.exited).toBe(0);
  await terminal.shows('what stood here before');
  expect(terminal.screen).toBe('what stood here before');
  expect(terminal.cursorShown).toBe(true);
});

test('watch follows the size of the terminal, and says so where there is no room', async () => {
  await using terminal = watch();
  await terminal.shows('EVENTS');
  terminal.resize(50, 12);
  await terminal.shows('60 × 16 is needed');
  expect(terminal.screen).not.toContain('EVENTS');
  terminal.resize(100, 30);
  await terminal.shows('machine ready, by replenish');
  expect(terminal.screen.split('\n')).toHaveLength(30);
  terminal.press('\u0003');
  expect(await terminal.exited).toBe(0);
});

test('while the server is away the last picture stays and says since when it is old, and goes on; SIGTERM gives the terminal back too', async () => {
  await using terminal = watch();
  await terminal.shows('told by instance-of-the-test');
  const { port } = bench;
  await bench[Symbol.asyncDispose]();
  await terminal.shows(/STALE since 10:00:00 UTC, \d+ s ago: valet_unreachable/);
  expect(terminal.screen).toContain('PROJECTS 10278');
  bench = await startTestServer(serving(), { port });
  await terminal.shows('told by instance-of-the-test');
  terminal.signal('SIGTERM');
  expect(await terminal.exited).toBe(143);
  await terminal.shows('Stopped by SIGTERM.');
  expect(terminal.screen).toContain('what stood here before');
});

test('a secret that is refused ends it with the error and its exit code, on the screen that was there', async () => {
  await using terminal = watch();
  await terminal.shows('PROJECTS 10278');
  fault.of = new ValetError('unauthorized', 'The secret is not valid any more.');
  bench.clock.pass(1);
  expect(await terminal.exited).toBe(77);
  await terminal.shows('Code: unauthorized');
  expect(terminal.screen).toContain('what stood here before');
  expect(terminal.screen).not.toContain('PROJECTS');
});
