import { expect, it } from 'vitest';
import { callApi } from '../support/contract/caller.js';
import { oddHeader, recordContract } from '../support/contract/recorder.js';
import { type ScriptedAnswer, startScriptedServer } from '../support/scripted-server.js';

const volume = {
  id: 'vol_1',
  name: 'data',
  state: 'created',
  size_gb: 1,
  region: 'sjc',
  created_at: '2026-01-01T00:00:00Z',
};

interface Seen {
  readonly violations: readonly string[];
  readonly status: number;
}

async function pass(answer: ScriptedAnswer, path: string, body?: unknown, headers = {}): Promise<Seen> {
  await using api = await startScriptedServer([answer]);
  await using recorder = await recordContract(api.url);
  const method = body === undefined ? 'GET' : 'POST';
  const reply = await callApi({ url: recorder.url, token: 'token' }, method, path, body, headers);
  expect(api.seen[0]?.headers).not.toHaveProperty(oddHeader);
  expect(reply.body).toEqual(typeof answer === 'object' ? answer.body : undefined);
  return { violations: recorder.violations, status: reply.status };
}

it('the recorder passes on what is as published and says nothing', async () => {
  const seen = await pass({ status: 201, body: volume }, '/apps/demo/volumes', { name: 'data', size_gb: 1 });
  expect(seen).toEqual({ status: 201, violations: [] });
});

it('the recorder names an unknown call, an unknown query name and an unknown field of a request', async () => {
  const unknown = await pass({ status: 501, body: { error: 'no' } }, '/apps/demo/wishes');
  expect(unknown.violations).toEqual(['GET /v1/apps/demo/wishes: the call is not published']);
  const query = await pass({ status: 200, body: [] }, '/apps/demo/volumes?colour=blue');
  expect(query.violations).toEqual(['GET /apps/:app/volumes: the query name colour is not published']);
  const body = await pass({ status: 200, body: volume }, '/apps/demo/volumes', { name: 'data', colour: 'blue' });
  expect(body.violations).toEqual([expect.stringMatching(/^POST \/apps\/:app\/volumes: request: .*"colour"/)]);
});

it('the recorder names an unknown field, a missing field and a wrong value of an answer', async () => {
  const { name: _, ...nameless } = volume;
  const answer = { ...nameless, colour: 'blue', state: 'blue' };
  const { violations } = await pass({ status: 200, body: answer }, '/apps/demo/volumes/vol_1');
  const about = (text: string) => expect.stringContaining(`GET /apps/:app/volumes/:id: 200 answer: ${text}`);
  expect(violations).toEqual(expect.arrayContaining([about('name'), about('state'), about('the whole: Unrecognized')]));
});

it('the recorder names a status and an error body that no call answers so', async () => {
  const { violations } = await pass({ status: 500, body: { reason: 'no' } }, '/apps/demo/volumes');
  expect(violations[0]).toBe('GET /apps/:app/volumes: the refusal 500 is not documented');
  expect(violations.length).toBeGreaterThan(1);
});

it('of a request that is wrong on purpose the recorder judges the answer alone', async () => {
  const refused = { status: 400, body: { error: 'EOF' } };
  const seen = await pass(refused, '/apps/demo/volumes', { colour: 'blue' }, { [oddHeader]: 'yes' });
  expect(seen).toEqual({ status: 400, violations: [] });
});

it('a test fails with all violations that the recorder has collected', async () => {
  await using api = await startScriptedServer([{ status: 200, body: [{}] }]);
  await using recorder = await recordContract(api.url);
  recorder.expectPublished();
  await callApi({ url: recorder.url, token: 'token' }, 'GET', '/apps/demo/volumes');
  expect(() => recorder.expectPublished()).toThrow(/0\.id: .*\n.*0\.name: /);
});
