import { expect, it } from 'vitest';
import { ask, asOperator, machineSecret, startTestServer, TestServing } from '../support/server.js';

const report = (port: number, id: string, authorization?: string) => {
  const headers = authorization === undefined ? {} : { authorization };
  return ask(port, { method: 'POST', path: `/api/projects/${id}/activity`, headers });
};

it('activity is reported by a machine for its own project only', async () => {
  const serving = new TestServing();
  await using bench = await startTestServer(serving);
  expect(await report(bench.port, 'demo', `Bearer ${machineSecret}`)).toMatchObject({ json: { activity: 'recorded' } });
  expect(await report(bench.port, 'other', `Bearer ${machineSecret}`)).toMatchObject({ status: 401 });
  expect(serving.activity.recorded).toEqual(['demo by its machine']);
});

it('activity is reported by the operator for any project', async () => {
  const serving = new TestServing();
  await using bench = await startTestServer(serving);
  expect(await report(bench.port, 'other', asOperator.authorization)).toMatchObject({ json: { activity: 'ignored' } });
  expect(serving.activity.recorded).toEqual(['other by the operator']);
});

it('activity is reported by nobody else', async () => {
  const serving = new TestServing();
  await using bench = await startTestServer(serving);
  expect(await report(bench.port, 'demo')).toMatchObject({ status: 401 });
  expect(await report(bench.port, 'demo', 'Bearer wrong')).toMatchObject({ status: 401 });
  expect(await report(bench.port, 'De_mo', asOperator.authorization)).toMatchObject({ status: 400 });
  expect(serving.activity.recorded).toEqual([]);
});
