import { createHash } from 'node:crypto';
import { text as textOf } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createClient } from '../../src/sdk/client.js';
import { ValetError } from '../../src/sdk/errors.js';
import type { Archive } from '../../src/sdk/resources.js';
import type { Valet } from '../../src/sdk/valet.js';
import { sampleArchive } from '../support/fake-valet.js';
import { until } from '../support/routing.js';
import { startScriptedServer } from '../support/scripted-server.js';
import { ask, asOperator, operatorSecret, startTestServer, TestServing } from '../support/server.js';

const text = 'SQLite format 3 and what follows';

function archiveOf(content: string, fields: Partial<Archive> = {}): Archive {
  const r2_checksum = createHash('sha256').update(content).digest('hex');
  return sampleArchive({ size_bytes: Buffer.byteLength(content), r2_checksum, ...fields });
}

async function* pieces(content: string): AsyncGenerator<Uint8Array> {
  for (const piece of content.match(/.{1,10}/gs) ?? []) yield Buffer.from(piece);
}

/** A server that answers this content for every archive, and a client of it. */
async function served(read: Valet['archives']['read'], config: { readonly drainMs?: number } = {}) {
  const bench = await startTestServer(new TestServing({ archives: { read } }), config);
  const valet = createClient({ url: `http://127.0.0.1:${bench.port}`, secret: operatorSecret });
  return {
    valet,
    bench,
    async [Symbol.asyncDispose]() {
      await valet[Symbol.asyncDispose]();
      await bench[Symbol.asyncDispose]();
    },
  };
}

/** More than anything on the way could hold, and counted as it is asked for. */
function flood() {
  const source = { produced: 0, ended: false, signal: undefined as AbortSignal | undefined };
  const piece = Buffer.alloc(1024 * 1024, 7);
  async function* body(): AsyncGenerator<Uint8Array> {
    try {
      for (; source.produced < 512; source.produced += 1) yield piece;
    } finally {
      source.ended = true;
    }
  }
  const read: Valet['archives']['read'] = async (_id, options) => {
    source.signal = options?.signal;
    return { archive: sampleArchive({ size_bytes: null, r2_checksum: null }), body: body() };
  };
  return { source, read };
}

describe('an archive read over HTTP', () => {
  it('comes whole, with what is known of it', async () => {
    const archive = archiveOf(text, { r2_key: 'Projekte/größer 📦.sqlite' });
    await using here = await served(async () => ({ archive, body: pieces(text) }));
    const content = await here.valet.archives.read('1');
    expect(content.archive).toEqual(archive);
    expect(await textOf(content.body)).toBe(text);
  });

  it('is a SQLite file to any other client, with a name and without a cache', async () => {
    await using here = await served(async () => ({ archive: archiveOf(text), body: pieces(text) }));
    const answer = await ask(here.bench.port, { path: '/api/archives/1/content', headers: asOperator });
    expect(answer).toMatchObject({
      status: 200,
      text,
      headers: {
        'content-type': 'application/vnd.sqlite3',
        'content-disposition': 'attachment; filename="demo-1.sqlite"',
        'cache-control': 'no-store',
      },
    });
    expect(JSON.parse(String(answer.headers['valet-archive']))).toEqual(archiveOf(text));
  });

  it('is read no faster than it is consumed, and no longer', async () => {
    const { source, read } = flood();
    await using here = await served(read);
    const { body } = await here.valet.archives.read('1');
    for await (const _ of body) {
      for (let before = -1; before !== source.produced; await delay(50)) before = source.produced;
      break;
    }
    expect(source.produced).toBeLessThan(64);
    await until('the source to end', () => source.ended);
    expect(source.signal?.aborted).toBe(true);
  });

  it('ends with the reason of a caller who gives up, and the server stops reading', async () => {
    const { source, read } = flood();
    await using here = await served(read);
    const caller = new AbortController();
    const { body } = await here.valet.archives.read('1', { signal: caller.signal });
    const reading = (async () => {
      for await (const _ of body) caller.abort(new Error('enough'));
    })();
    await expect(reading).rejects.toThrow('enough');
    await until('the source to end', () => source.ended);
    expect(source.produced).toBeLessThan(64);
  });

  it('is an error when it breaks off, and the log of the server says why', async () => {
    async function* breaking() {
      yield* pieces(text);
      throw new ValetError('store_failed', 'R2 went silent.');
    }
    await using here = await served(async () => ({ archive: archiveOf(text), body: breaking() }));
    const { body } = await here.valet.archives.read('1');
    await expect(textOf(body)).rejects.toMatchObject({
      code: 'valet_unreachable',
      message: expect.stringContaining('broke off'),
    });
    const warning = here.bench.logged.find(({ msg }) => msg === 'archive broke off');
    expect(warning).toMatchObject({ archive_id: '1', err: { message: 'R2 went silent.' } });
  });

  it('breaks off when the server stops before it was read', async () => {
    const { read } = flood();
    await using here = await served(read, { drainMs: 1 });
    const { body } = await here.valet.archives.read('1');
    const reading = (async () => {
      for await (const _ of body) await here.bench.server.stop();
    })();
    await expect(reading).rejects.toMatchObject({ code: 'valet_unreachable' });
  });

  it.each([
    ['shorter than it should be', 'SQLite', 'ended after 6 of 32 bytes'],
    ['longer than it should be', `${text}!`, 'larger than its 32 bytes'],
    ['of other bytes', text.replace('3', '4'), 'SHA-256'],
  ])('is an error when it is %s', async (_how, content, message) => {
    await using here = await served(async () => ({ archive: archiveOf(text), body: pieces(content) }));
    const { body } = await here.valet.archives.read('1');
    await expect(textOf(body)).rejects.toMatchObject({
      code: 'archive_unproven',
      message: expect.stringContaining(message),
    });
  });

  it('is not compared with a checksum of unknown kind', async () => {
    const archive = archiveOf(text, { r2_checksum: 'crc32:1a2b3c4d' });
    await using here = await served(async () => ({ archive, body: pieces(text) }));
    expect(await textOf((await here.valet.archives.read('1')).body)).toBe(text);
  });

  it('is refused with the server’s own error before anything is sent', async () => {
    const read = () => Promise.reject(new ValetError('not_found', 'There is no archive "7".'));
    await using here = await served(read);
    await expect(here.valet.archives.read('7')).rejects.toMatchObject({ code: 'not_found' });
    await using stranger = createClient({ url: `http://127.0.0.1:${here.bench.port}` });
    await expect(stranger.archives.read('7')).rejects.toMatchObject({ code: 'unauthorized' });
    await expect(here.valet.archives.read('..')).rejects.toMatchObject({ code: 'request_invalid' });
  });

  it('is not read for a HEAD', async () => {
    await using here = await served(async () => Promise.reject(new Error('This was not to be read.')));
    const asked = { method: 'HEAD', path: '/api/archives/1/content', headers: asOperator };
    expect((await ask(here.bench.port, asked)).status).toBe(405);
  });

  it.each([
    ['says nothing of the archive', { status: 200, body: 'SQLite' }, 'valet_unreachable'],
    ['answers with a page', { status: 502, body: '<html>' }, 'valet_unreachable'],
    ['cuts the connection', 'drop', 'valet_unreachable'],
    ['never answers', 'hang', 'valet_unreachable'],
  ] as const)('is an error when what answers %s', async (_what, answer, code) => {
    await using server = await startScriptedServer([answer]);
    await using valet = createClient({ url: server.url, timeoutMs: 200 });
    await expect(valet.archives.read('1')).rejects.toMatchObject({ code });
  });
});
