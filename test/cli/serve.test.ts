import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { explainPortInUse } from '../../src/cli/failure/port-in-use.js';
import { withServeFlags } from '../../src/cli/flags/serve.js';
import { createLog } from '../../src/cli/log.js';
import { serveUntilStopped } from '../../src/cli/serve-until-stopped.js';
import { readConfig } from '../../src/sdk/config.js';
import { ValetError } from '../../src/sdk/errors.js';
import { Secret } from '../../src/sdk/secret.js';
import { leastEnv } from '../support/config.js';

const ready = { url: 'http://localhost:7000', port: 7000, private_port: 7001 };

function collected() {
  const lines: Record<string, unknown>[] = [];
  const log = createLog({ logLevel: 'info', instance: 'one' }, { write: (line) => void lines.push(JSON.parse(line)) });
  return { lines, log };
}

test('serving says ready, goes on until the signal, stops once, and says so', async () => {
  const { lines, log } = collected();
  const controller = new AbortController();
  const stops: string[] = [];
  const start = async () => ({ ready, stop: async () => void stops.push('stop') });
  const served = serveUntilStopped(start, controller.signal, log);
  await expect.poll(() => lines.length).toBe(1);
  expect(lines[0]).toMatchObject({ msg: 'ready', level: 'info', instance: 'one', ...ready });
  expect(stops).toEqual([]);
  controller.abort(new Error('Stopped by SIGTERM.'));
  await served;
  expect(stops).toEqual(['stop']);
  expect(lines.map((line) => line.msg)).toEqual(['ready', 'stopping', 'stopped']);
});

test('a signal during the start still stops what was started', async () => {
  const { log } = collected();
  const controller = new AbortController();
  const stops: string[] = [];
  const start = async () => {
    controller.abort(new Error('Stopped by SIGINT.'));
    return { ready, stop: async () => void stops.push('stop') };
  };
  await serveUntilStopped(start, controller.signal, log);
  expect(stops).toEqual(['stop']);
});

test('a stop that does not come to its end is given up, and says so', async () => {
  const { lines, log } = collected();
  const start = async () => ({ ready, stop: () => new Promise<void>(() => undefined) });
  await serveUntilStopped(start, AbortSignal.abort(new Error('Stopped by SIGTERM.')), log, 10);
  expect(lines.at(-1)).toMatchObject({ msg: 'not stopped in time', level: 'error', limit_ms: 10 });
});

test('a stop that fails fails the command', async () => {
  const { log } = collected();
  const start = async () => ({ ready, stop: () => Promise.reject(new Error('broken')) });
  await expect(serveUntilStopped(start, AbortSignal.abort(new Error('SIGTERM')), log)).rejects.toThrow('broken');
});

test('G12: the log redacts secrets, wherever they stand', () => {
  const { lines, log } = collected();
  const authorization = 'Bearer hunter2';
  log.info({
    authorization,
    req: { headers: { authorization } },
    key: new Secret('hunter2'),
    body: { deploy_key: 'hunter2' },
  });
  expect(lines).toHaveLength(1);
  expect(JSON.stringify(lines)).not.toContain('hunter2');
});

test('the flags stand for their variables, are held to their rules, and go before them', () => {
  const env = { ...leastEnv, CONTROL_PLANE_PORT: '8000', CONTROL_PLANE_HOST: '127.0.0.1' };
  const flags = { port: '9000', host: undefined, 'private-port': '0', 'log-level': 'debug' };
  const { core } = readConfig(withServeFlags(env, flags));
  expect(core).toMatchObject({ port: 9000, host: '127.0.0.1', privatePort: 0, logLevel: 'debug' });
  expect(() => readConfig(withServeFlags(env, { ...flags, port: 'http' }))).toThrow('CONTROL_PLANE_PORT is "http"');
});

test.each([
  ['CONTROL_PLANE_PORT', (port: number) => ({ host: '127.0.0.1', port, privatePort: 0 })],
  ['CONTROL_PLANE_PRIVATE_PORT', (port: number) => ({ host: '127.0.0.1', port: 0, privatePort: port })],
])('a taken port is named, with %s to change', async (variable, configWith) => {
  const first = createServer().listen(0, '127.0.0.1');
  await once(first, 'listening');
  const address = first.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const second = createServer().listen(port, '127.0.0.1');
  const [refusal] = await once(second, 'error');
  for (const thrown of [refusal, new ValetError('port_in_use', 'Cannot listen.', { cause: refusal })]) {
    expect(explainPortInUse(thrown, configWith(port))).toMatchObject({
      code: 'port_in_use',
      details: { port, variable },
    });
  }
  await new Promise((resolve) => first.close(resolve));
});

test('any other refusal is handed back as it is', () => {
  const thrown = new Error('permission denied');
  expect(explainPortInUse(thrown, { host: '::', port: 80, privatePort: 81 })).toBe(thrown);
});
