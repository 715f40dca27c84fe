import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { RunningValet } from '../support/cli.js';

const ready = 'Ctrl-C stops everything';

/** Two starts and an end take some seconds; several times that on a computer that is busy otherwise. */
const timeout = 90_000;

async function expectNothingLeft(dev: RunningValet): Promise<void> {
  await expect.poll(() => dev.tmp.processes(), { timeout: 20_000 }).toEqual([]);
  await expect.poll(() => dev.tmp.files(), { timeout: 20_000 }).toEqual([]);
}

function publicUrl(dev: RunningValet): string {
  return /VALET_URL=(\S+)/.exec(dev.said)?.[1] ?? '';
}

/** The machine of a project that exists from now on, stopped as Fly suspends it. */
async function suspendProject(dev: RunningValet): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ id: 'demo' });
  const created = await fetch(`${publicUrl(dev)}/api/projects`, { method: 'POST', headers, body });
  expect(created.status).toBe(201);
  process.kill(await pidOf(dev, 'project-server/main.js'), 'SIGSTOP');
}

async function pidOf(dev: RunningValet, part: string): Promise<number> {
  const line = (await dev.tmp.processes()).find((candidate) => candidate.includes(part));
  return Number.parseInt(line ?? '', 10);
}

test.each(['SIGINT', 'SIGHUP'] as const)(
  'dev prints its screen, and %s to its group ends it with 0 and leaves nothing',
  { timeout },
  async (signal) => {
    await using dev = await RunningValet.start(['dev', '--port', '0']);
    await dev.says(ready);
    const url = publicUrl(dev);
    expect((await fetch(`${url}/health`)).status).toBe(200);
    dev.signalGroup(signal);
    expect(await dev.exited).toMatchObject({ exitCode: 0 });
    expect(dev.said).toMatch(/stopping\nstopped; nothing is left behind\n$/);
    expect(await dev.tmp.processes()).toEqual([]);
    expect(await dev.tmp.files()).toEqual([]);
    await expect(fetch(`${url}/health`)).rejects.toThrow();
  },
);

test('Ctrl-C while it starts gives up the start, with 130, and leaves nothing', { timeout }, async () => {
  await using dev = await RunningValet.start(['dev', '--port', '0']);
  await dev.says('starting PostgreSQL');
  dev.signalGroup('SIGINT');
  expect(await dev.exited).toMatchObject({ exitCode: 130 });
  expect(dev.said).toContain('Stopped by SIGINT.');
  expect(await dev.tmp.processes()).toEqual([]);
  expect(await dev.tmp.files()).toEqual([]);
});

test('a second Ctrl-C ends it at once, and what it could not stop ends too, suspended or not', {
  timeout,
}, async () => {
  await using dev = await RunningValet.start(['dev', '--port', '0']);
  await dev.says(ready);
  await suspendProject(dev);
  // An instance that cannot answer holds up the orderly stop for longer than anybody waits.
  process.kill(await pidOf(dev, 'run.js serve'), 'SIGSTOP');
  dev.signalGroup('SIGINT');
  await dev.says('stopping');
  // Until it counts as a second one: a Ctrl-C may arrive twice.
  const again = setInterval(() => dev.signalGroup('SIGINT'), 100);
  const { exitCode } = await dev.exited.finally(() => clearInterval(again));
  expect(exitCode).toBe(130);
  await expectNothingLeft(dev);
});

test('killed, it leaves nothing for long, and the next one works', { timeout }, async () => {
  await using dev = await RunningValet.start(['dev', '--port', '0']);
  await dev.says(ready);
  await suspendProject(dev);
  const { port } = new URL(publicUrl(dev));
  dev.signalGroup('SIGKILL');
  expect(await dev.exited).toMatchObject({ signal: 'SIGKILL' });
  await expectNothingLeft(dev);
  await using next = await RunningValet.start(['dev', '--port', port]);
  await next.says(ready);
  next.signalGroup('SIGINT');
  expect(await next.exited).toMatchObject({ exitCode: 0 });
});

test('a port that is taken is named in one message, before anything else is started', { timeout }, async () => {
  await using taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const address = taken.address();
  const port = String(typeof address === 'object' ? address?.port : '');
  await using dev = await RunningValet.start(['dev', '--port', port]);
  expect(await dev.exited).toMatchObject({ exitCode: 1 });
  expect(dev.said).toContain(
    `Error: Port ${port} is taken by another program.\nChoose another with --port; 0 takes a free one.\nCode: port_in_use\n`,
  );
  expect(dev.said).not.toContain('starting PostgreSQL');
  await expectNothingLeft(dev);
});
