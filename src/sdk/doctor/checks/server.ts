import { type Check, checksWith } from '../check.js';
import { skipped } from '../finding.js';
import type { Probes } from '../probes.js';
import { judgeLoops, judgeSecret, judgeServer } from '../verdicts/server.js';

export function serverChecks({ server, version }: Probes): Check[] {
  return checksWith('serve', server, [
    {
      name: 'server',
      run: async ({ server: probe }, signal) => judgeServer(probe.place, await probe.health(signal), version),
    },
    {
      name: 'server_secret',
      needs: ['server'],
      run: async ({ server: probe }, signal) => {
        const { reached } = await probe.health(signal);
        return reached ? judgeSecret(await probe.status(signal)) : skipped('Nobody answers there.', 'server');
      },
    },
    {
      name: 'server_loops',
      needs: ['server_secret'],
      run: async ({ server: probe }, signal) => {
        const answer = await probe.status(signal);
        return answer.kind === 'status' ? judgeLoops(answer.status) : skipped('It was not told.', 'server_secret');
      },
    },
  ]);
}
