import { afterAll, describe, expect, test } from 'vitest';
import { lookAtDirectUrl } from '../../../src/sdk/database/health-direct.js';
import { judgeDirectUrl } from '../../../src/sdk/doctor/verdicts/direct-url.js';
import { testDatabase } from '../../support/database.js';
import { type PoolerOptions, startPooler } from '../../support/pooler.js';

const database = await testDatabase();
afterAll(() => database[Symbol.asyncDispose]());

const soon = () => AbortSignal.timeout(10_000);

async function through(options: PoolerOptions) {
  await using pooler = await startPooler(database.url, options);
  const facts = await lookAtDirectUrl(pooler.url, soon(), { answerTimeoutMs: 700 });
  return { facts, verdict: judgeDirectUrl(facts).verdict };
}

test('the database itself gives sessions of their own, in which settings, locks and news hold', async () => {
  expect(await lookAtDirectUrl(database.url, soon())).toEqual({
    kind: 'own',
    greetedByItself: true,
    keepsSettings: true,
    hears: true,
    seesLocks: true,
  });
});

describe('a pooler is recognised', () => {
  test('by transaction, with connections enough: one session is answered by several', async () => {
    const seen = await through({ mode: 'transaction', serverConnections: 5, settings: 'dropped' });
    expect(seen).toEqual({ facts: { kind: 'shared' }, verdict: 'failure' });
  });

  test('by transaction, lending in turn to sessions that hold nothing', async () => {
    await using pooler = await startPooler(database.url, {
      mode: 'transaction',
      serverConnections: 3,
      settings: 'dropped',
      next: 'oldest',
    });
    // Only the second time are there three to lend.
    await lookAtDirectUrl(pooler.url, soon());
    expect(await lookAtDirectUrl(pooler.url, soon())).toEqual({ kind: 'shared' });
  });

  test('by transaction, with as many connections as there are sessions: they change among them', async () => {
    const seen = await through({ mode: 'transaction', serverConnections: 3, settings: 'dropped' });
    expect(seen).toEqual({ facts: { kind: 'shared' }, verdict: 'failure' });
  });

  test.each([1, 2])('by transaction, with %i connections: a session waits while others hold theirs', async (count) => {
    const seen = await through({ mode: 'transaction', serverConnections: count, settings: 'dropped' });
    expect(seen).toEqual({ facts: { kind: 'starved' }, verdict: 'failure' });
  });

  test('by its refusal of settings in the greeting', async () => {
    const seen = await through({ mode: 'transaction', serverConnections: 3, settings: 'refused' });
    expect(seen).toMatchObject({ facts: { kind: 'refused', refusal: { sqlState: '08P01' } }, verdict: 'failure' });
  });

  test('by session, that drops settings: a paused holder would keep its locks', async () => {
    const seen = await through({ mode: 'session', serverConnections: 5, settings: 'dropped' });
    expect(seen).toMatchObject({ facts: { kind: 'own', keepsSettings: false, hears: true }, verdict: 'failure' });
  });

  test('by session, that does all right: only by the key that it makes up, and that is a warning', async () => {
    const seen = await through({ mode: 'session', serverConnections: 5, settings: 'kept' });
    expect(seen).toMatchObject({
      facts: { kind: 'own', greetedByItself: false, keepsSettings: true, hears: true, seesLocks: true },
      verdict: 'warning',
    });
  });
});

test('nothing stays behind: no lock, no session, no transaction', async () => {
  await lookAtDirectUrl(database.url, soon());
  await through({ mode: 'transaction', serverConnections: 3, settings: 'dropped' });
  await expect
    .poll(() =>
      database.db.query(
        `select l.objid from pg_locks l where l.locktype = 'advisory'
            and l.database = (select oid from pg_database where datname = current_database())
         union all
         select pid::oid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
      ),
    )
    .toEqual([]);
});

test('a database that is away is refused, not a pooler', async () => {
  const url = new URL(database.url);
  url.port = '9';
  const facts = await lookAtDirectUrl(url.href, soon());
  expect(facts).toMatchObject({ kind: 'refused', refusal: { sqlState: null } });
  expect(judgeDirectUrl(facts)).toMatchObject({ verdict: 'failure', found: expect.stringContaining('not examined') });
});
