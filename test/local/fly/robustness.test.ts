import { describe, expect, it } from 'vitest';
import { listenerOf } from '../../../src/local/fly/api/listener.js';
import { startApiServer } from '../../../src/local/fly/api/server.js';
import { callFly, type TestFlyEmulator, withFlyEmulator } from '../../support/fly-emulator.js';
import { listMachines, machineRequest, startedMachine } from '../../support/fly-machines.js';
import { rawConnection, rawExchange } from '../../support/raw-http.js';

const close = 'connection: close\r\n';

function headersOf(fly: TestFlyEmulator): string {
  return `host: fly\r\nauthorization: Bearer ${fly.token}\r\n`;
}

/** The status and the body of the first answer in what a server sent. */
function read(answer: string): { status: number; body: unknown } {
  const [head = '', body = ''] = answer.split(/\r\n\r\n(.*)/s);
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(head)?.[1]);
  expect(head.toLowerCase(), answer).toContain('content-type: application/json; charset=utf-8');
  expect(head.toLowerCase(), answer).toContain('fly-request-id: ');
  return { status, body: JSON.parse(body) };
}

const withError = { error: expect.any(String) };

describe('answers of the API', () => {
  it('carry the ids by which a request is found again, each another', async () => {
    await using fly = await withFlyEmulator();
    const ids = new Set<string | null>();
    for (const path of ['/machines', '/machines/00000000000000', '/nothing']) {
      const { headers } = await callFly(fly, 'GET', path);
      expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
      expect(headers.get('fly-request-id')).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}-sjc$/);
      expect(headers.get('fly-trace-id')).toMatch(/^[0-9a-f]{32}$/);
      expect(headers.get('fly-span-id')).toMatch(/^[0-9a-f]{16}$/);
      ids.add(headers.get('fly-request-id'));
    }
    expect(ids.size).toBe(3);
  });
});

describe('what is no proper request', () => {
  it('is answered with an error, and the next caller is served', async () => {
    await using fly = await withFlyEmulator();
    const auth = headersOf(fly);
    const requests: readonly (readonly [string, number])[] = [
      ['nonsense\r\n\r\n', 400],
      ['GET /v1/apps HTTP/9.9\r\n\r\n', 400],
      ['GET\r\n\r\n', 400],
      ['\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
      [`GET /v1/apps HTTP/1.1\r\nhost: fly\r\nx: a\x00b\r\n\r\n`, 400],
      [`GET /v1/apps HTTP/1.1\r\n${close}\r\n`, 401],
      [`GET /v1/apps HTTP/1.1\r\nhost: fly\r\ncontent-length: many\r\n\r\n`, 400],
      [`POST /v1/apps HTTP/1.1\r\n${auth}content-length: 3\r\ntransfer-encoding: chunked\r\n\r\n`, 400],
      [`POST /v1/apps HTTP/1.1\r\n${auth}transfer-encoding: chunked\r\n\r\nzz\r\n`, 400],
      [`GET /v1/apps HTTP/1.1\r\nhost: fly\r\nx: ${'a'.repeat(20_000)}\r\n\r\n`, 431],
      [`GET /v1/apps HTTP/1.1\r\nhost: fly\r\n${'x: y\r\n'.repeat(20_000)}\r\n`, 431],
      [`GET /${'a'.repeat(20_000)} HTTP/1.1\r\nhost: fly\r\n\r\n`, 431],
      ['CONNECT example.com:443 HTTP/1.1\r\nhost: example.com\r\n\r\n', 501],
      [`BREW /v1/apps HTTP/1.1\r\nhost: fly\r\n\r\n`, 400],
      [`OPTIONS * HTTP/1.1\r\n${auth}${close}\r\n`, 404],
      [`GET http://fly/v1/apps HTTP/1.1\r\n${auth}${close}\r\n`, 404],
      [`GET / HTTP/1.1\r\n${auth}${close}\r\n`, 404],
      [`PROPFIND /v1/apps/${fly.app}/machines HTTP/1.1\r\n${auth}${close}\r\n`, 501],
      [`GET /v1/apps/${fly.app}/machines/%ff HTTP/1.1\r\n${auth}${close}\r\n`, 400],
      [`GET /v1/apps/${fly.app}/machines/%00 HTTP/1.1\r\n${auth}${close}\r\n`, 404],
      [`GET /v1/apps/${fly.app}/machines?metadata.%ff=%E0&summary=% HTTP/1.1\r\n${auth}${close}\r\n`, 400],
      [`GET /v1/apps/%2e%2e/%2e%2e/machines HTTP/1.1\r\n${auth}${close}\r\n`, 501],
      [`GET /v1/apps/${fly.app}/machines/__proto__ HTTP/1.1\r\n${auth}${close}\r\n`, 404],
      [`GET /v1/apps/__proto__/machines HTTP/1.1\r\n${auth}${close}\r\n`, 404],
      [`GET /_emulator/%ff HTTP/1.1\r\n${auth}${close}\r\n`, 400],
    ];
    for (const [text, status] of requests) {
      const answer = await rawExchange(fly.url, text);
      expect(read(answer), text.slice(0, 100)).toEqual({ status, body: withError });
    }
    expect((await callFly(fly, 'GET', '/machines')).status).toBe(200);
  });

  it('is answered although the caller goes on writing', async () => {
    await using fly = await withFlyEmulator();
    const flood = Array.from({ length: 200 }, () => `x: ${'a'.repeat(5000)}\r\n`);
    const answer = await rawExchange(fly.url, ['GET /v1/apps HTTP/1.1\r\nhost: fly\r\n', ...flood]);
    expect(read(answer)).toEqual({ status: 431, body: withError });
  });

  it('has no body in the answer to a HEAD', async () => {
    await using fly = await withFlyEmulator();
    const answer = await rawExchange(fly.url, `HEAD /v1/apps/${fly.app} HTTP/1.1\r\n${headersOf(fly)}${close}\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 501 /);
    expect(answer.endsWith('\r\n\r\n')).toBe(true);
  });

  it('is served when it only says what it expects', async () => {
    await using fly = await withFlyEmulator();
    const get = `GET /v1/apps/${fly.app} HTTP/1.1\r\n${headersOf(fly)}${close}`;
    expect(read(await rawExchange(fly.url, `${get}expect: magic\r\n\r\n`)).status).toBe(200);
    expect(read(await rawExchange(fly.url, `${get}upgrade: magic\r\n\r\n`)).status).toBe(200);
  });
});

describe('a body', () => {
  it('that is cut short ends its request and nothing else', async () => {
    await using fly = await withFlyEmulator();
    await using connection = await rawConnection(fly.url);
    connection.socket.write(
      `POST /v1/apps/${fly.app}/machines HTTP/1.1\r\n${headersOf(fly)}content-length: 100\r\n\r\n{"config":`,
    );
    connection.socket.end();
    expect(read(await connection.ended).status).toBe(400);
    expect(await listMachines(fly)).toEqual([]);
  });

  it('that is cut off by its sender is no fault of the emulator', async () => {
    const log: string[] = [];
    await using fly = await withFlyEmulator({ onLog: (line) => log.push(line) });
    await using connection = await rawConnection(fly.url);
    const head = `POST /v1/apps/${fly.app}/machines HTTP/1.1\r\n${headersOf(fly)}content-length: 100\r\n\r\n`;
    connection.socket.write(`${head}{"config":`, () => connection.socket.resetAndDestroy());
    await expect.poll(() => log).toEqual([`POST /v1/apps/${fly.app}/machines cut`]);
  });

  it('that comes too slowly is refused in bounded time', async () => {
    const served = listenerOf(
      async (request) => {
        for await (const _ of request);
        return { kind: 'answer', answer: { status: 200, body: {} } };
      },
      () => undefined,
    );
    const server = await startApiServer(served, 0, { headersTimeoutMs: 200, requestTimeoutMs: 400 });
    try {
      for (const begun of ['POST / HTTP/1.1\r\nhost: fly\r\ncontent-length: 10\r\n\r\nabc', 'GET / HTTP/1.1\r\nho']) {
        expect(read(await rawExchange(server.url, begun)), begun).toEqual({ status: 408, body: withError });
      }
    } finally {
      await server.close();
    }
  });

  it('may be nested, but not without end', async () => {
    await using fly = await withFlyEmulator();
    const nested = (depth: number) => `{"config":{"image":"a:1","of_no_api":${'['.repeat(depth)}${']'.repeat(depth)}}}`;
    expect((await callFly(fly, 'POST', '/machines', nested(900))).status).toBe(200);
    expect((await listMachines(fly)).length).toBe(1);
    for (const depth of [1001, 100_000]) {
      const unbalanced = '['.repeat(depth);
      for (const body of [nested(depth), unbalanced]) {
        expect(await callFly(fly, 'POST', '/machines', body)).toMatchObject({
          status: 400,
          body: { error: 'json: exceeded max depth' },
        });
      }
    }
    const brackets = JSON.stringify({ config: { image: 'a:1', env: { A: `"\\${'['.repeat(2000)}` } } });
    expect((await callFly(fly, 'POST', '/machines', brackets)).status).toBe(200);
  });

  it('pollutes nothing', async () => {
    await using fly = await withFlyEmulator();
    const polluting = '{"__proto__":{"polluted":"yes"},"constructor":{"prototype":{"polluted":"yes"}}}';
    const sent = JSON.stringify(machineRequest()).replace('"config":{', `"config":{"metadata":{"__proto__":"x"},`);
    expect((await callFly(fly, 'POST', '/machines', polluting)).status).toBe(400);
    expect([200, 400]).toContain((await callFly(fly, 'POST', '/machines', sent)).status);
    const { id } = await startedMachine(fly);
    for (const key of ['__proto__', 'constructor', 'toString']) {
      expect((await callFly(fly, 'GET', `/machines/${id}/metadata/${key}`)).status, key).toBe(404);
      expect((await callFly(fly, 'POST', `/machines/${id}/metadata/${key}`, { value: 'mine' })).status, key).toBe(204);
      expect((await callFly(fly, 'GET', `/machines/${id}/metadata/${key}`)).body, key).toEqual({ value: 'mine' });
    }
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
    expect({}).not.toHaveProperty('mine');
  });
});

describe('a fault of the emulator itself', () => {
  it('answers 500 with an error and goes on', async () => {
    const log: string[] = [];
    const circle: { self?: unknown } = {};
    circle.self = circle;
    let calls = 0;
    const failing = listenerOf(
      async () => {
        calls += 1;
        if (calls === 1) throw new Error('a bug');
        if (calls === 2) return { kind: 'answer', answer: { status: 200, body: circle } };
        if (calls === 3) return { kind: 'answer', answer: { status: 200, headers: { bad: 'a\nb' } } };
        return { kind: 'answer', answer: { status: 200, body: { ok: true } } };
      },
      (line) => log.push(line),
    );
    const server = await startApiServer(failing, 0);
    try {
      const statuses = [];
      for (let call = 1; call <= 4; call++) {
        const response = await fetch(server.url);
        statuses.push(response.status);
        expect(await response.json()).toEqual(
          call === 4 ? { ok: true } : { error: expect.stringMatching(/^internal: /) },
        );
      }
      expect(statuses).toEqual([500, 500, 500, 200]);
      expect(log.filter((line) => line.startsWith('fault of the emulator'))).toHaveLength(3);
    } finally {
      await server.close();
    }
  });
});
