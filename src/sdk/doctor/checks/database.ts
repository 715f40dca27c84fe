import { type Check, checksWith } from '../check.js';
import { skipped } from '../finding.js';
import type { Probes } from '../probes.js';
import { judgeAtWork } from '../verdicts/at-work.js';
import * as verdicts from '../verdicts/database.js';
import { judgeDirectUrl } from '../verdicts/direct-url.js';

/** Three connections, one after the other, and two bounds of 5 s for those that never answer. */
const directTimeoutMs = 20_000;

export function databaseChecks({ database }: Probes): Check[] {
  return [
    ...checksWith('database', database, [
      {
        name: 'database',
        run: async ({ database: db }, signal) => verdicts.judgeReached(db.pooledAddress, await db.pooled(signal)),
      },
      {
        name: 'database_version',
        needs: ['database'],
        run: async ({ database: db }, signal) => {
          const facts = await db.pooled(signal);
          return facts.reached ? verdicts.judgeVersion(facts) : skipped('It does not answer.', 'database');
        },
      },
      {
        name: 'migrations',
        needs: ['database_version'],
        run: async ({ database: db }, signal) => verdicts.judgeMigrations(await db.migrations(signal)),
      },
      {
        name: 'database_rights',
        needs: ['migrations'],
        run: async ({ database: db }, signal) => verdicts.judgeRights(await db.missingRights(signal)),
      },
      {
        name: 'database_clock',
        needs: ['database'],
        run: async ({ database: db }, signal) => verdicts.judgeClock(await db.clock(signal)),
      },
      {
        name: 'database_direct',
        run: async ({ database: db }, signal) =>
          verdicts.judgeDirect(db.directAddress, await db.direct(signal), await db.pooled(signal)),
      },
      {
        name: 'direct_url',
        needs: ['database_direct'],
        timeoutMs: directTimeoutMs,
        run: async ({ database: db }, signal) => judgeDirectUrl(await db.lookAtDirectUrl(signal)),
      },
    ]),
    ...checksWith('serve', database, [
      {
        name: 'instances',
        needs: ['database'],
        run: async ({ database: db }, signal) => judgeAtWork(await db.atWork(signal)),
      },
    ]),
  ];
}
