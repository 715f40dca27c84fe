import { expect, test } from 'vitest';
import { openValet } from '../../src/cli/open-valet.js';
import { leastEnv } from '../support/config.js';
import { operatorSecret, startTestServer, TestServing } from '../support/server.js';

test('without an address and without a configuration, the error tells of both ways', async () => {
  await expect(openValet({}, {})).rejects.toMatchObject({
    code: 'config_invalid',
    message: expect.stringContaining('DATABASE_URL'),
    hint: expect.stringContaining('VALET_URL'),
  });
});

test('an address is enough: nothing else is asked for', async () => {
  await using valet = await openValet({}, { VALET_URL: 'http://127.0.0.1:1' });
  await expect(valet.projects.get('demo')).rejects.toMatchObject({ code: 'valet_unreachable' });
});

test('the flag is checked like the variable, and goes before it', async () => {
  const env = { VALET_URL: 'http://127.0.0.1:1' };
  await expect(openValet({ url: 'ftp://example.com' }, env)).rejects.toMatchObject({
    code: 'config_invalid',
    message: expect.stringContaining('VALET_URL is "ftp://example.com"'),
  });
});

const httpEnv = { CONTROL_PLANE_SECRET: operatorSecret };

test.each([
  ['VALET_ENVIRONMENT', {}, { VALET_ENVIRONMENT: 'prod' }],
  ['--environment, which goes before the variable,', { environment: 'prod' }, { VALET_ENVIRONMENT: 'test' }],
])('over HTTP %s names the environment that is meant', async (_what, flags, env) => {
  await using bench = await startTestServer(new TestServing());
  await using valet = await openValet({ url: `http://127.0.0.1:${bench.port}`, ...flags }, { ...httpEnv, ...env });
  await expect(valet.projects.delete('demo')).rejects.toMatchObject({
    code: 'environment_mismatch',
    details: { environment: 'test', meant: 'prod' },
  });
});

test('over HTTP without a name whichever environment answers', async () => {
  await using bench = await startTestServer(new TestServing());
  await using valet = await openValet({ url: `http://127.0.0.1:${bench.port}` }, httpEnv);
  expect(await valet.installation()).toMatchObject({ environment: 'test' });
});

test('directly --environment must be the name of the configuration, or nothing is even connected to', async () => {
  const env = { ...leastEnv, DATABASE_URL: 'postgres://u:p@127.0.0.1:1/nobody', VALET_ENVIRONMENT: 'staging' };
  const meant = (environment: string) => openValet({ environment }, env);
  await expect(meant('prod')).rejects.toMatchObject({
    code: 'environment_mismatch',
    message: 'This is environment "staging", and "prod" was meant.',
  });
  await expect(meant('staging')).rejects.toMatchObject({ code: 'database_unavailable' });
});
