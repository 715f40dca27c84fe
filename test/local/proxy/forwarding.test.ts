import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { proxyBench, until } from '../../support/proxy.js';
import { ask, askEcho, echo, rawAsk } from '../../support/proxy-client.js';

describe('what the instance sees', () => {
  test('the headers of the proxy are added, and what a client claims of them is not believed', async () => {
    await using bench = await proxyBench([echo('one')], { region: 'ams' });
    const reply = await ask(bench.port, {
      headers: {
        'Fly-Client-IP': '6.6.6.6',
        'Fly-Region': 'xxx',
        'X-Forwarded-For': '6.6.6.6',
        'X-Forwarded-Proto': 'https',
        'X-Forwarded-Port': '9',
        'Fly-Forwarded-Port': '9',
        'Fly-Request-Id': 'mine',
        Via: '1.1 other',
      },
    });
    const { headers } = JSON.parse(reply.body);
    expect(headers).toMatchObject({
      'fly-client-ip': '127.0.0.1',
      'fly-region': 'ams',
      'fly-request-id': expect.stringMatching(/.{20}/),
      'fly-forwarded-port': String(bench.port),
      'x-forwarded-for': '6.6.6.6, 127.0.0.1, 127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-ssl': 'off',
      'x-forwarded-port': '9',
      via: '1.1 other, 1.1 fly.io',
    });
    expect(reply.headers).toMatchObject({ 'fly-request-id': headers['fly-request-id'], via: '1.1 fly.io' });
  });

  test('what a client says of replays is kept, as it may be on Fly, or removed when so set', async () => {
    await using bench = await proxyBench([echo('one')]);
    const forged = { 'fly-replay-src': 'instance=forged', 'fly-replay-failed': 'reason=forged' };
    expect((await askEcho(bench.port, { headers: forged })).headers).toMatchObject(forged);
    bench.unconfirmed.forgedReplayHeaders = 'removed';
    const { headers } = await askEcho(bench.port, { headers: forged });
    expect(headers).not.toHaveProperty('fly-replay-src');
    expect(headers).not.toHaveProperty('fly-replay-failed');
  });

  test('case and repeats of headers stay, headers of the connection do not', async () => {
    await using bench = await proxyBench([echo('one')]);
    const raw =
      'GET /a%20b?x=1 HTTP/1.1\r\nHost: h\r\nX-One: 1\r\nx-ONE: 2\r\nX-Hop: 3\r\nConnection: close, x-hop\r\n\r\n';
    const answer = await rawAsk(bench.port, raw);
    expect(answer).toContain('"X-One","1","x-ONE","2"');
    expect(answer).toContain('"path":"/a%20b?x=1"');
    expect(answer).not.toContain('X-Hop');
  });

  test('a POST without a body gets a length of 0 and a chunked one stays chunked', async () => {
    await using bench = await proxyBench([echo('one')]);
    const close = 'Host: h\r\nConnection: close\r\n';
    expect(await rawAsk(bench.port, `POST / HTTP/1.1\r\n${close}\r\n`)).toContain('"content-length":"0"');
    const chunked = `POST / HTTP/1.1\r\n${close}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n`;
    const answer = await rawAsk(bench.port, chunked);
    expect(answer).toContain('"transfer-encoding":"chunked"');
    expect(answer).toContain('"body":"abc"');
  });

  test('a client that expects 100-continue gets it from the proxy', async () => {
    await using bench = await proxyBench([echo('one')]);
    const socket = connect(bench.port, '127.0.0.1');
    socket.write('PUT / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n');
    const [first] = await once(socket, 'data');
    expect(String(first)).toMatch(/^HTTP\/1.1 100 Continue/);
    socket.write('hi');
    const answer = await text(socket);
    expect(answer).toContain('"body":"hi"');
    expect(answer).not.toContain('"expect"');
  });
});

describe('what the client sees', () => {
  test('status, reason and headers are those of the instance; HEAD has no body', async () => {
    const bench = await proxyBench([
      (_, response) => {
        response.writeHead(418, 'Tea', ['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2', 'Content-Length', '3']).end('tea');
      },
    ]);
    await using _ = bench;
    const close = 'Host: h\r\nConnection: close\r\n\r\n';
    const got = await rawAsk(bench.port, `GET / HTTP/1.1\r\n${close}`);
    expect(got).toMatch(/^HTTP\/1.1 418 Tea\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Length: 3\r\n/);
    expect(got).toMatch(/\r\n\r\ntea$/);
    const head = await rawAsk(bench.port, `HEAD / HTTP/1.1\r\n${close}`);
    expect(head).toMatch(/Content-Length: 3[\s\S]*\r\n\r\n$/);
  });

  test('an answer streams: its first part arrives while the rest is not yet written, its head before any part', async () => {
    const headSeen = Promise.withResolvers<void>();
    const { promise: more, resolve } = Promise.withResolvers<void>();
    await using bench = await proxyBench([
      async (_, response) => {
        response.flushHeaders();
        await headSeen.promise;
        response.write('first');
        await more;
        response.end('second');
      },
    ]);
    const outgoing = request({ port: bench.port, host: '127.0.0.1', agent: false }).end();
    const [message] = (await once(outgoing, 'response')) as [IncomingMessage];
    headSeen.resolve();
    const [first] = await once(message, 'data');
    expect(String(first)).toBe('first');
    resolve();
    expect(await text(message)).toBe('second');
  });

  test.each([
    ['nobody takes', true],
    ['is answered and never read', false],
  ])('after a long body that %s the connection serves the next request', async (_, dead) => {
    await using bench = await proxyBench([() => undefined], { requestTimeoutMs: 100 });
    const [instance] = bench.instances;
    if (dead) await instance?.kill();
    instance?.server.on('connection', (socket: Socket) => {
      socket.removeAllListeners('data').pause();
      socket.write('HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n');
    });
    const body = 'x'.repeat(16_000_000);
    const post = `POST / HTTP/1.1\r\nHost: h\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    const answers = await rawAsk(bench.port, `${post}GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n`);
    expect(answers.match(/^HTTP\/1.1 (413|502)/gm)).toEqual(Array(2).fill(dead ? 'HTTP/1.1 502' : 'HTTP/1.1 413'));
  });

  test('an answer that breaks off upstream breaks off at the client', async () => {
    await using bench = await proxyBench([(_, response) => void response.writeHead(200).write('half')]);
    const outgoing = request({ port: bench.port, host: '127.0.0.1', agent: false }).end();
    const [message] = (await once(outgoing, 'response')) as [IncomingMessage];
    await once(message, 'data');
    bench.instances[0]?.resetConnections();
    await expect(text(message)).rejects.toThrow();
  });

  test('an instance that says nothing is given up after the time set', async () => {
    await using bench = await proxyBench([() => undefined], { requestTimeoutMs: 50 });
    expect((await ask(bench.port)).status).toBe(502);
  });

  test('a client that goes away ends its request at the instance', async () => {
    let closed = 0;
    await using bench = await proxyBench([(asked) => void asked.socket.once('close', () => (closed += 1))]);
    const [instance] = bench.instances;
    const outgoing = request({ port: bench.port, host: '127.0.0.1', agent: false }).on('error', () => undefined);
    outgoing.end();
    await until(() => instance?.connections === 1);
    outgoing.destroy();
    await until(() => closed === 1);
  });
});
