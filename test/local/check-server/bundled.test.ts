import { expect, test } from 'vitest';
import { checkServer } from '../../../src/local/check-server/check-server.js';
import { internalSecret, makeDataDir, runProjectServer } from '../../support/project-server.js';

test('x', async () => {
  await using data = await makeDataDir();
  await using run = await runProjectServer(data.dir, { limits: { uploadBackoffMs: 1 } });
  const at = performance.now();
  const report = await checkServer({ url: run.client.url, secret: internalSecret, writePath: '/kv/{n}' });
  console.log(performance.now() - at, report.counts, report.claims.filter(c => c.outcome !== 'holds'));
});
