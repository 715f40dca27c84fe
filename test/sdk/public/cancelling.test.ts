import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ControlPlane, createClient, createControlPlane, readConfig, type Valet } from '../../../src/sdk/index.js';
import { environment, type TestRows, testRows } from '../../support/rows.js';

/** A server that takes connections and says nothing, in the place of whatever is asked. */
let silent: Server;
let port: number;
let rows: TestRows;
let direct: ControlPlane;

const env = (databaseUrl: string) => ({
  DATABASE_URL: databaseUrl,
  CONTROL_PLANE_SECRET: 'operator-secret-of-cancelling',
  VALET_ENVIRONMENT: environment,
  VALET_FLY_APP: 'app',
  VALET_FLY_TOKEN: 'FlyV1 fm2_token-of-cancelling',
  VALET_FLY_IMAGE: 'image',
  VALET_FLY_API_URL: `http://127.0.0.1:${port}`,
  R2_ENDPOINT: `http://127.0.0.1:${port}`,
  R2_ACCESS_KEY_ID: 'access-key',
  R2_SECRET_ACCESS_KEY: 'secret-key',
});

beforeAll(async () => {
  silent = createServer((socket) => socket.on('error', () => undefined)).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const address = silent.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
  rows = await testRows();
  direct = await createControlPlane(readConfig(env(rows.database.url)));
});

afterAll(async () => {
  await direct?.[Symbol.asyncDispose]();
  await rows?.[Symbol.asyncDispose]();
  silent?.close();
});

async function ended(items: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of items);
}

const calls: readonly (readonly [name: string, call: (valet: Valet, signal: AbortSignal) => Promise<unknown>])[] = [
  ['projects.create', (valet, signal) => valet.projects.create({ id: 'new' }, { signal })],
  ['projects.get', (valet, signal) => valet.projects.get('demo', { signal })],
  ['projects.list', (valet, signal) => valet.projects.list({}, { signal })],
  ['projects.all', (valet, signal) => ended(valet.projects.all({}, { signal }))],
  ['projects.wake', (valet, signal) => valet.projects.wake('demo', { signal })],
  ['projects.archive', (valet, signal) => valet.projects.archive('demo', { signal })],
  ['projects.undo', (valet, signal) => valet.projects.undo('demo', { signal })],
  ['projects.restore', (valet, signal) => valet.projects.restore('demo', {}, { signal })],
  ['projects.delete', (valet, signal) => valet.projects.delete('demo', { signal })],
  ['projects.hold', (valet, signal) => valet.projects.hold('demo', { for_secs: 1 }, { signal })],
  ['projects.events', (valet, signal) => valet.projects.events('demo', {}, { signal })],
  ['projects.allEvents', (valet, signal) => ended(valet.projects.allEvents('demo', { signal }))],
  ['projects.explain', (valet, signal) => valet.projects.explain('demo', { signal })],
  ['machines.list', (valet, signal) => valet.machines.list({}, { signal })],
  ['machines.all', (valet, signal) => ended(valet.machines.all({}, { signal }))],
  ['archives.list', (valet, signal) => valet.archives.list('demo', {}, { signal })],
  ['archives.all', (valet, signal) => ended(valet.archives.all('demo', { signal }))],
  ['archives.verify', (valet, signal) => valet.archives.verify('1', { signal })],
  ['archives.verifySteps', (valet, signal) => ended(valet.archives.verifySteps({}, { signal }))],
  ['archives.read', (valet, signal) => valet.archives.read('1', { signal })],
  ['orphans.list', (valet, signal) => valet.orphans.list({ signal })],
  ['orphans.remove', (valet, signal) => valet.orphans.remove({ ids: ['a'] }, { signal })],
  ['orphans.removeSteps', (valet, signal) => ended(valet.orphans.removeSteps({ ids: ['a'] }, { signal }))],
  ['orphans.keep', (valet, signal) => valet.orphans.keep({ ids: ['a'] }, { signal })],
  ['pool.status', (valet, signal) => valet.pool.status({ signal })],
  ['pool.replenish', (valet, signal) => valet.pool.replenish({ signal })],
  ['pool.replenishSteps', (valet, signal) => ended(valet.pool.replenishSteps({ signal }))],
  ['pool.pause', (valet, signal) => valet.pool.pause({ signal })],
  ['pool.drain', (valet, signal) => valet.pool.drain({}, { signal })],
  ['pool.drainSteps', (valet, signal) => ended(valet.pool.drainSteps({}, { signal }))],
  ['pool.resume', (valet, signal) => valet.pool.resume({ signal })],
  ['sweep.plan', (valet, signal) => valet.sweep.plan({}, { signal })],
  ['sweep.run', (valet, signal) => valet.sweep.run({}, { signal })],
  ['sweep.steps', (valet, signal) => ended(valet.sweep.steps({}, { signal }))],
  ['installation', (valet, signal) => valet.installation({ signal })],
  ['overview', (valet, signal) => valet.overview({ signal })],
  ['route', (valet, signal) => valet.route('demo', { signal })],
];

describe('a signal', () => {
  it('is taken by every call that there is', () => {
    const names = Object.entries(direct).flatMap(([name, value]) =>
      typeof value === 'function' ? [name] : methodsOf(value).map((method) => `${name}.${method}`),
    );
    const notCalls = ['openServing'];
    expect(names.filter((name) => !notCalls.includes(name)).toSorted()).toEqual(calls.map(([name]) => name).toSorted());
  });

  it.each(calls)('that has aborted keeps %s from asking anything, directly and over HTTP', async (_name, call) => {
    await using client = createClient({ url: `http://127.0.0.1:${port}`, secret: 'operator-secret-of-cancelling' });
    const signal = AbortSignal.abort(new Error('enough'));
    for (const valet of [direct, client]) await expect(call(valet, signal)).rejects.toThrow('enough');
  });

  it('that aborts ends every call at once, though nobody answers it, directly and over HTTP', async () => {
    await using client = createClient({ url: `http://127.0.0.1:${port}`, secret: 'operator-secret-of-cancelling' });
    // Whoever holds these keeps every statement of the direct way waiting.
    await rows.database.db.transaction(async (transaction) => {
      await transaction.query('lock projects, machines, archives, events, quarantine in access exclusive mode');
      // The same without steps is at work already: they are told so at once.
      const asked = calls.filter(([name]) => !['pool.replenishSteps', 'sweep.steps'].includes(name));
      const endings = asked.flatMap(([name, call]) =>
        [direct, client].map(async (valet) => {
          const caller = new AbortController();
          const calling = call(valet, caller.signal);
          caller.abort(new Error('enough'));
          return [name, await calling.catch((reason: Error) => reason.message)];
        }),
      );
      expect(await Promise.all(endings)).toEqual(asked.flatMap(([name]) => Array(2).fill([name, 'enough'])));
    });
  });

  it('ends the opening of a control plane on a database that does not answer', async () => {
    const caller = new AbortController();
    const config = readConfig(env(`postgres://nobody@127.0.0.1:${port}/none`));
    const opening = createControlPlane(config, { signal: caller.signal });
    queueMicrotask(() => caller.abort(new Error('enough')));
    await expect(opening).rejects.toThrow('enough');
    await expect(createControlPlane(config, { signal: caller.signal })).rejects.toThrow('enough');
  });
});

/** Of an object, or of the class that it is of. */
function methodsOf(value: object): string[] {
  const prototype = Object.getPrototypeOf(value);
  const owner = prototype === Object.prototype ? value : prototype;
  return Object.getOwnPropertyNames(owner).filter((name) => name !== 'constructor');
}
