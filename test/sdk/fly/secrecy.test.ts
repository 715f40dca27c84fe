import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { FlyCallRecord } from '../../../src/sdk/fly/transport.js';
import { startEcho } from '../../support/echo.js';
import { flyClientOf } from '../../support/fly-answers.js';
import { type ScriptedAnswer, startScriptedServer } from '../../support/scripted-server.js';

const macaroons = ['fm2_first-macaroon-of-the-test', 'fm2_second-macaroon-of-the-test'] as const;
const tokens = [
  ['a plain token', 'fo1_secret-token-of-the-test', ['fo1_secret-token-of-the-test']],
  ['a token of macaroons', `FlyV1 ${macaroons.join(',')}`, macaroons],
] as const;

/** Everything that a log line or a report could show of it. */
const shown = (thing: unknown): string => {
  const causes = thing instanceof Error ? [thing.message, thing.stack ?? '', shown(thing.cause)] : [];
  return [inspect(thing, { depth: 20, showHidden: true }), JSON.stringify(thing) ?? '', ...causes].join('\n');
};

describe.each(tokens)('%s', (_, token, secrets) => {
  const echoes: readonly [string, ScriptedAnswer][] = [
    ['an error text', { status: 403, body: { error: `bad token ${token}`, status: token } }],
    ['a text that is no JSON', { status: 500, body: `<p>${secrets.join(' ')}</p>` }],
    ['a message and a header', { status: 401, body: { message: token }, headers: { 'fly-request-id': secrets[0] } }],
    ['an answer of an unknown shape', { status: 200, body: { id: 1, token } }],
    ['no answer at all', 'drop'],
  ];

  it.each(echoes)('is in no error and in no record when the server repeats it in %s', async (__, answer) => {
    const records: FlyCallRecord[] = [];
    await using server = await startScriptedServer([answer]);
    await using client = flyClientOf(server, { token, onCall: (record) => records.push(record) });
    const error = await client.fly.updateMachine('m1', { config: { image: 'x' } }).catch((thrown: unknown) => thrown);
    expect(server.seen[0]?.headers.authorization).toContain(secrets[0]);
    expect(error).toBeInstanceOf(Error);
    const texts = shown(error) + shown(records);
    expect(secrets.filter((secret) => texts.includes(secret))).toEqual([]);
  });

  it('is in no error when what answers is no HTTP server but an echo', async () => {
    await using echo = await startEcho();
    await using client = flyClientOf(echo, { token });
    const error = await client.fly.updateMachine('m1', { config: { image: 'x' } }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ kind: 'broken' });
    expect(secrets.filter((secret) => shown(error).includes(secret))).toEqual([]);
  });

  it('is in no error when it is a key of an answer of an unknown shape', async () => {
    await using server = await startScriptedServer([{ status: 200, body: { [secrets[0]]: 7 } }]);
    await using client = flyClientOf(server, { token });
    const error = await client.fly.getMetadata('m1').catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ kind: 'unreadable' });
    expect(secrets.filter((secret) => shown(error).includes(secret))).toEqual([]);
  });

  it('cannot be read from the client, as its address and app can', async () => {
    await using server = await startScriptedServer([]);
    await using client = flyClientOf(server, { token });
    expect([client.fly.baseUrl, client.fly.app]).toEqual([server.url, 'demo-app']);
    expect(secrets.filter((secret) => shown(client.fly).includes(secret))).toEqual([]);
  });
});
