import { createServer, type RequestListener } from 'node:http';
import { Agent } from 'undici';
import { describe, expect, it } from 'vitest';
import { createClient } from '../../src/sdk/client.js';
import { ValetError } from '../../src/sdk/errors.js';
import type { Valet } from '../../src/sdk/valet.js';
import { listen } from '../../src/server/listener.js';
import { answeringValet, answerOf } from '../support/answering-valet.js';
import { viewOf } from '../support/routing.js';
import { operatorSecret, startTestServer, TestServing } from '../support/server.js';

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
    const { answers, asked } = answeringValet();
    await using bench = await served(new TestServing(answers, viewOf('demo')));
    const { projects, archives, orphans, machines, pool, sweep, route } = bench.valet;
    const answered = [
      await projects.create({ id: 'demo' }, { idempotencyKey: 'once' }),
      await projects.get('demo'),
      await projects.list({ state: 'active', limit: 3 }),
      await projects.wake('demo'),
      await projects.archive('demo'),
      await projects.undo('demo'),
      await projects.restore('demo', { archive_id: '1' }),
      await projects.delete('demo'),
      await projects.hold('demo', { for_secs: 0 }),
      await projects.events('demo', { cursor: '9' }),
      await projects.explain('demo'),
      await archives.list('demo', { limit: 2 }),
      await archives.verify('1'),
      await orphans.list(),
      await orphans.remove({ ids: ['a', 'b'] }),
      await orphans.keep({ ids: ['a'] }),
      await machines.list(),
      await pool.status(),
      await pool.replenish(),
      await pool.pause(),
      await pool.drain({ limit: 5 }),
      await pool.resume(),
      await sweep.plan({ older_than_secs: 60 }),
      await sweep.run({ older_than_secs: 60, limit: 1 }),
    ];
    const { project } = answerOf;
    expect(answered).toEqual([
      ...[answerOf.create, project, answerOf.projects, project, project, project, project, project, project],
      ...[answerOf.events, answerOf.explanation, answerOf.archives, answerOf.proof],
      ...[answerOf.orphans, answerOf.judged, answerOf.judged, answerOf.machines],
      ...[answerOf.pool, answerOf.replenished, answerOf.pool, answerOf.drained, answerOf.pool],
      ...[answerOf.plan, answerOf.swept],
    ]);
    expect(asked).toEqual([
      ['create', { id: 'demo' }],
      ['get', 'demo'],
      ['list', { state: 'active', limit: 3 }],
      ['wake', 'demo'],
      ['archive', 'demo'],
      ['undo', 'demo'],
      ['restore', 'demo', { archive_id: '1' }],
      ['delete', 'demo'],
      ['hold', 'demo', { for_secs: 0 }],
      ['events', 'demo', { cursor: '9', limit: 50 }],
      ['explain', 'demo'],
      ['archives', 'demo', { limit: 2 }],
      ['verify', '1'],
      ['orphans'],
      ['remove', { ids: ['a', 'b'] }],
      ['keep', { ids: ['a'] }],
      ['machines', { limit: 50 }],
      ['status'],
      ['replenish'],
      ['pause'],
      ['drain', { limit: 5 }],
      ['resume'],
      ['plan', { older_than_secs: 60, limit: 100 }],
      ['run', { older_than_secs: 60, limit: 1 }],
    ]);
    expect(await route('demo.valet.test:80')).toMatchObject({ project_id: 'demo', decision: 'replay' });
  });

  it('passes an idempotency key on', async () => {
    const keys: unknown[] = [];
    const create: Valet['projects']['create'] = async (_input, options) => {
      keys.push(options?.idempotencyKey);
      return answerOf.create;
    };
    await using bench = await served(new TestServing({ projects: { create } }));
    await bench.valet.projects.create({}, { idempotencyKey: 'once' });
    expect(keys).toEqual(['once']);
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
    await using bench = await served(new TestServing({ pool: { status: async () => answerOf.pool } }));
    const valet = createClient({ url: `http://127.0.0.1:${bench.port}`, secret: operatorSecret, dispatcher });
    await valet.pool.status();
    await valet[Symbol.asyncDispose]();
    await valet.pool.status();
    await dispatcher.close();
    await bench.valet[Symbol.asyncDispose]();
    await expect(bench.valet.pool.status()).rejects.toMatchObject({ code: 'valet_unreachable' });
  });
});
