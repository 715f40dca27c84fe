import { expect, it } from 'vitest';
import {
  ArchiveStore,
  createClient,
  FlyClient,
  isValetError,
  MachineProtocol,
  ValetError,
} from '../../../src/sdk/index.js';
import { harmless } from '../../../src/sdk/logger.js';
import { startTestServer, TestServing } from '../../support/server.js';

const app = 'app';

it.each([
  ['createClient', () => createClient({ url: 'http://127.0.0.1:1' })],
  ['FlyClient', () => new FlyClient({ app, token: 'token' })],
  ['MachineProtocol', () => new MachineProtocol({ app, internalSecrets: ['secret'] })],
  [
    'ArchiveStore',
    () => new ArchiveStore({ endpoint: 'http://127.0.0.1:1', accessKeyId: 'a', secretAccessKey: 's', bucket: 'b' }),
  ],
])(
  '%s connects to nothing when it is made, and is closed by await using as often as one likes',
  async (_name, make) => {
    await using made = make();
    await made[Symbol.asyncDispose]();
  },
);

it('a closed client says that it is closed', async () => {
  const fly = new FlyClient({ app, token: 'token', rateLimit: 'off' });
  await fly.close();
  await expect(fly.getApp()).rejects.toMatchObject({ name: 'FlyTransportError', kind: 'closed' });
});

it('an error of another copy of the package is known for one of Valet, by its code', () => {
  class OtherValetError extends Error {
    readonly code = 'project_lost';
    get [Symbol.for('valet.ValetError')]() {
      return true;
    }
  }
  const other = new OtherValetError('It is lost.');
  expect(other).not.toBeInstanceOf(ValetError);
  expect(isValetError(other)).toBe(true);
  expect(isValetError(other, 'project_lost', 'not_found')).toBe(true);
  expect(isValetError(other, 'not_found')).toBe(false);
  expect(isValetError(new ValetError('not_found', 'Nothing.'), 'not_found')).toBe(true);
  for (const stranger of [new Error('not_found'), undefined, null, 'not_found', { code: 'not_found' }]) {
    expect(isValetError(stranger)).toBe(false);
  }
});

it('each call of a client is logged with its status and its time, and no log can fail a call', async () => {
  await using bench = await startTestServer(new TestServing());
  const lines: [object, string][] = [];
  const debug = (fields: object, message: string) => {
    lines.push([fields, message]);
    throw new Error('The disk is full.');
  };
  const quiet = () => undefined;
  const logger = { debug, info: quiet, warn: quiet, error: quiet };
  await using valet = createClient({ url: `http://127.0.0.1:${bench.port}`, secret: 'wrong-secret', logger });
  await expect(valet.pool.status()).rejects.toMatchObject({ code: 'unauthorized' });
  expect(lines).toEqual([
    [{ method: 'GET', path: '/api/pool', status: 401, took_ms: expect.any(Number) }, 'call to Valet'],
  ]);
  expect(() => harmless(logger).debug({}, 'again')).not.toThrow();
  expect(JSON.stringify(lines)).not.toContain('wrong-secret');
});
