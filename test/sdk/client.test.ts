import { createServer, type RequestListener } from 'node:http';
import { Agent } from 'undici';
import { describe, expect, it } from 'vitest';
import { createClient } from '../../src/sdk/client.js';
import { ValetError } from '../../src/sdk/errors.js';
import { listen } from '../../src/server/listener.js';
import { sampleCreated, sampleMachine, samplePool, sampleProject, sampleSweep } from '../support/fake-valet.js';
import { viewOf } from '../support/routing.js';
import { operatorSecret, startTestServer, TestServing } from '../support/server.js';

const project = sampleProject();
const pool = samplePool();
const replenished = { skipped: null, ready: ['7'], failed: [] };
const plan = { older_than_secs: 60, archive: [], skip: [] };
const swept = sampleSweep({ archived: ['demo'] });
const projectPage = { projects: [project], next_cursor: null };
const machinePage = { machines: [sampleMachine()], next_cursor: null };

async function served(serving: TestServing) {
  const bench = await startTestServer(serving);
  const valet = createClient({ url: `http://127.0.0.1:${bench.port}/`, secret: operatorSecret });
  return {
    valet,
    port: bench.port,
    async [Symbol.asyncDispose]() {
      await valet[Symbol.asyncDispose]();
      await bench[Symbol.asyncDispose]();
    },
  };
}

/** Something that is not Valet. */
async function stranger(handle: RequestListener) {
  const server = createServer(handle);
  const { port } = await listen(server, '127.0.0.1', 0);
  const valet = createClient({ url: `http://127.0.0.1:${port}`, secret: operatorSecret, timeoutMs: 200 });
  return {
    valet,
    url: `http://127.0.0.1:${port}/`,
    async [Symbol.asyncDispose]() {
      await valet[Symbol.asyncDispose]();
      server.closeAllConnections();
      server.close();
    },
  };
}

describe('the client', () => {
  it('answers every call like the Valet behind the server', async () => {
    const asked: unknown[] = [];
    const note =
      <T>(answer: T) =>
      async (input?: unknown): Promise<T> => {
        asked.push(input);
        return answer;
      };
    const serving = new TestServing(
      {
        projects: {
          create: async (input, options) => note(sampleCreated())([input, options?.idempotencyKey]),
          get: note(project),
          list: note(projectPage),
          wake: note(project),
          archive: note(project),
        },
        machines: { list: note(machinePage) },
        pool: { status: async () => pool, replenish: async () => replenished },
        sweep: { plan: note(plan), run: note(swept) },
      },
      viewOf('demo'),
    );
    await using bench = await served(serving);
    const { valet } = bench;
    expect(await valet.projects.create({ id: 'demo' }, { idempotencyKey: 'once' })).toEqual(sampleCreated());
    expect(await valet.projects.get('demo')).toEqual(project);
    expect(await valet.projects.list({ state: 'active', limit: 3 })).toEqual(projectPage);
    expect(await valet.projects.wake('demo')).toEqual(project);
    expect(await valet.projects.archive('demo')).toEqual(project);
    expect(await valet.machines.list()).toEqual(machinePage);
    expect(await valet.pool.status()).toEqual(pool);
    expect(await valet.pool.replenish()).toEqual(replenished);
    expect(await valet.sweep.plan({ older_than_secs: 60 })).toEqual(plan);
    expect(await valet.sweep.run({ older_than_secs: 60, limit: 1 })).toEqual(swept);
    expect(await valet.route('demo.valet.test:80')).toMatchObject({ project_id: 'demo', decision: 'replay' });
    expect(asked).toEqual([
      [{ id: 'demo' }, 'once'],
      'demo',
      { state: 'active', limit: 3 },
      'demo',
      'demo',
      { limit: 50 },
      { older_than_secs: 60, limit: 100 },
      { older_than_secs: 60, limit: 1 },
    ]);
  });

  it('throws the error that the server threw, with all that goes with it', async () => {
    const context = { hint: 'Wait.', retryAfterSecs: 7, details: { tries: 3 } };
    const error = new ValetError('wake_failed', 'Project demo could not be woken.', context);
    await using bench = await served(new TestServing({ projects: { wake: () => Promise.reject(error) } }));
    const thrown = await bench.valet.projects.wake('demo').catch((caught: unknown) => caught);
    expect(thrown).toBeInstanceOf(ValetError);
    expect(thrown).toMatchObject({ code: 'wake_failed', message: error.message, ...context });
  });

  it('is refused what is the operator’s without the secret', async () => {
    await using bench = await served(new TestServing());
    await using valet = createClient({ url: `http://127.0.0.1:${bench.port}` });
    await expect(valet.pool.status()).rejects.toMatchObject({ code: 'unauthorized' });
  });

  it('refuses a bad id and an empty host without a request', async () => {
    await using valet = createClient({ url: 'http://127.0.0.1:1' });
    await expect(valet.projects.get('../pool')).rejects.toMatchObject({ code: 'project_id_invalid' });
    await expect(valet.route('..')).rejects.toMatchObject({ code: 'request_invalid' });
  });

  it('G12: says which URL cannot be reached, and never the secret', async () => {
    const bench = await stranger(() => undefined);
    await bench[Symbol.asyncDispose]();
    await using valet = createClient({ url: bench.url, secret: operatorSecret });
    const thrown = await valet.pool.status().catch((caught: unknown) => caught);
    expect(thrown).toMatchObject({ code: 'valet_unreachable', message: expect.stringContaining(bench.url) });
    expect(JSON.stringify(thrown, Object.getOwnPropertyNames(thrown))).not.toContain(operatorSecret);
  });

  it.each<[what: string, handle: RequestListener]>([
    ['that never answers', () => undefined],
    ['that cuts the connection', (request) => request.socket.destroy()],
    ['that answers with a page', (_request, response) => response.writeHead(502).end('<html>Bad gateway')],
    ['that redirects', (_request, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()],
    ['that answers with another shape', (_request, response) => response.end('{"target":"two"}')],
  ])('takes a server %s for an unreachable Valet', async (_what, handle) => {
    await using bench = await stranger(handle);
    const failing = expect(bench.valet.pool.status()).rejects;
    await failing.toMatchObject({ code: 'valet_unreachable', message: expect.stringContaining(bench.url) });
  });

  it('takes a code it does not know for the nearest that it does', async () => {
    const body = { type: 't', title: 't', status: 404, code: 'archive_moved_on', detail: 'It moved on.' };
    await using bench = await stranger((_request, response) => response.writeHead(404).end(JSON.stringify(body)));
    await expect(bench.valet.pool.status()).rejects.toMatchObject({ code: 'not_found', message: 'It moved on.' });
  });

  it('gives up with the caller’s reason when the caller does', async () => {
    await using bench = await stranger(() => undefined);
    const caller = new AbortController();
    const calling = bench.valet.projects.wake('demo', { signal: caller.signal });
    caller.abort(new Error('enough'));
    await expect(calling).rejects.toThrow('enough');
  });

  it.each(['nonsense', 'ftp://valet.example.com', 'https://user:pass-word@valet.example.com'])(
    'refuses the URL %s',
    (url) => {
      expect(() => createClient({ url })).toThrow(expect.objectContaining({ code: 'config_invalid' }));
      expect(() => createClient({ url })).not.toThrow(/pass-word/);
    },
  );

  it('closes its own connections once, and leaves a given dispatcher alone', async () => {
    const dispatcher = new Agent();
    await using bench = await served(new TestServing({ pool: { status: async () => pool } }));
    const valet = createClient({ url: `http://127.0.0.1:${bench.port}`, secret: operatorSecret, dispatcher });
    await valet.pool.status();
    await valet[Symbol.asyncDispose]();
    await valet.pool.status();
    await dispatcher.close();
    await bench.valet[Symbol.asyncDispose]();
    await expect(bench.valet.pool.status()).rejects.toMatchObject({ code: 'valet_unreachable' });
  });
});
