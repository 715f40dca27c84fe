import { expect, it } from 'vitest';
import { createClient } from '../../src/sdk/client.js';
import { ValetError } from '../../src/sdk/errors.js';
import { sampleOverview } from '../support/fake-valet.js';
import { operatorSecret, startTestServer, TestServing } from '../support/server.js';

function counting() {
  const asked = { times: 0, fault: undefined as Error | undefined };
  const overview = async () => {
    asked.times += 1;
    if (asked.fault) throw asked.fault;
    return sampleOverview();
  };
  return { asked, serving: new TestServing({ overview }) };
}

it('over HTTP the overview has the status of the instance that answers', async () => {
  const { serving } = counting();
  await using bench = await startTestServer(serving);
  await using valet = createClient({ url: `http://127.0.0.1:${bench.port}`, secret: operatorSecret });
  const { server, ...overview } = await valet.overview();
  expect({ ...overview, server: null }).toEqual(sampleOverview());
  expect(server).toMatchObject({ instance: 'instance-of-the-test', version: '1.2.3', loops: [] });
});

it('however many ask, Valet is asked once a second', async () => {
  const { serving, asked } = counting();
  await using bench = await startTestServer(serving);
  await using valet = createClient({ url: `http://127.0.0.1:${bench.port}`, secret: operatorSecret });
  await Promise.all(Array.from({ length: 10 }, () => valet.overview()));
  await valet.overview();
  expect(asked.times).toBe(1);
  bench.clock.pass(1);
  await valet.overview();
  expect(asked.times).toBe(2);
});

it('a failure serves no longer than an answer', async () => {
  const { serving, asked } = counting();
  await using bench = await startTestServer(serving);
  await using valet = createClient({ url: `http://127.0.0.1:${bench.port}`, secret: operatorSecret });
  asked.fault = new ValetError('database_unavailable', 'The database does not answer.');
  await expect(valet.overview()).rejects.toMatchObject({ code: 'database_unavailable' });
  asked.fault = undefined;
  await expect(valet.overview()).rejects.toMatchObject({ code: 'database_unavailable' });
  bench.clock.pass(1);
  expect(await valet.overview()).toMatchObject({ environment: 'prod' });
});
