import { expect, test, vi } from 'vitest';
import type { Check } from '../../../src/sdk/doctor/check.js';
import { examine } from '../../../src/sdk/doctor/examine.js';
import {
  diagnosisOf,
  type Finding,
  failure,
  ok,
  skipped,
  type Verdict,
  warning,
} from '../../../src/sdk/doctor/finding.js';
import { withoutSecrets } from '../../../src/sdk/doctor/without-secrets.js';
import { ValetError } from '../../../src/sdk/errors.js';

type Run = Check['run'];

const saying =
  (verdict: Verdict): Run =>
  async () =>
    verdict;
const never: Run = () => new Promise(() => undefined);

function check(name: string, run: Run, rest: Partial<Check> = {}): Check {
  return { name, group: 'database', needs: [], timeoutMs: 5_000, run, ...rest };
}

async function all(checks: readonly Check[], options: Parameters<typeof examine>[1] = {}): Promise<Finding[]> {
  const found: Finding[] = [];
  for await (const finding of examine(checks, options)) found.push(finding);
  return found;
}

test('a check is skipped, and says what it needs, where that failed or was skipped itself; a warning is no reason', async () => {
  const found = await all([
    check('a', saying(warning('odd', 'look'))),
    check('b', saying(failure('broken', 'mend it')), { needs: ['a'] }),
    check('c', saying(ok('fine')), { needs: ['a', 'b'] }),
    check('d', saying(ok('fine')), { needs: ['c'] }),
  ]);
  expect(found.map(({ name, verdict, mend, needs }) => ({ name, verdict, mend, needs }))).toEqual([
    { name: 'a', verdict: 'warning', mend: 'look', needs: null },
    { name: 'b', verdict: 'failure', mend: 'mend it', needs: null },
    { name: 'c', verdict: 'skipped', mend: null, needs: 'b' },
    { name: 'd', verdict: 'skipped', mend: null, needs: 'c' },
  ]);
});

test('checks run side by side and are told in their order, however they end', async () => {
  const second = Promise.withResolvers<Verdict>();
  const found = await all([
    check('first', async () => {
      second.resolve(ok('before the first'));
      return second.promise.then(() => ok('first'));
    }),
    check('second', () => second.promise),
  ]);
  expect(found.map(({ name }) => name)).toEqual(['first', 'second']);
});

test('a check that never answers has failed after its time, and holds up nothing else', async () => {
  const [hung, next] = await all([check('hung', never, { timeoutMs: 20 }), check('next', saying(ok('fine')))], {
    totalTimeoutMs: 60_000,
    tidyTimeoutMs: 10,
  });
  expect(hung).toMatchObject({ verdict: 'failure', found: 'There was no answer within 0.02 s.' });
  expect(next).toMatchObject({ verdict: 'ok' });
});

test('all of them together are bounded too', async () => {
  const hung = [1, 2, 3].map((number) => check(`hung-${number}`, never));
  const found = await all(hung, { totalTimeoutMs: 20, tidyTimeoutMs: 10 });
  expect(found.map(({ verdict }) => verdict)).toEqual(['failure', 'failure', 'failure']);
});

test('what a check throws is its finding, with the hint of the error', async () => {
  const thrown = new ValetError('store_failed', 'R2 is away.', { hint: 'Try again.' });
  const [known, unknown] = await all([
    check('known', () => Promise.reject(thrown)),
    check('unknown', () => Promise.reject(new Error('odd'))),
  ]);
  expect(known).toMatchObject({ verdict: 'failure', found: 'R2 is away.', mend: 'Try again.' });
  expect(unknown).toMatchObject({ verdict: 'failure', found: 'odd', mend: expect.stringContaining('docs/doctor.md') });
});

test('whoever gives up is told so, after what runs has tidied up', async () => {
  const caller = new AbortController();
  const tidied = vi.fn();
  const asked = check('asked', async (signal) => {
    const told = new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    caller.abort(new Error('stopped by the person'));
    await told;
    tidied();
    return ok('late');
  });
  await expect(all([asked], { signal: caller.signal })).rejects.toThrow('stopped by the person');
  expect(tidied).toHaveBeenCalledOnce();
});

test('a need that does not come before is a fault of the table', async () => {
  await expect(all([check('a', saying(ok('')), { needs: ['b'] }), check('b', saying(ok('')))])).rejects.toThrow(
    'Check a needs b',
  );
});

test('a diagnosis counts, and is healthy as long as nothing failed', async () => {
  const found = await all([check('a', saying(ok('fine'))), check('b', saying(skipped('nobody there')))]);
  expect(diagnosisOf(found)).toMatchObject({ healthy: true, counts: { ok: 1, warning: 0, failure: 0, skipped: 1 } });
});

test('no secret goes out, whoever repeats it (G12)', async () => {
  const said = examine([check('a', saying(failure('refused hunter2-longer for hunter2', 'not hunter2')))]);
  const { value: finding } = await withoutSecrets(said, ['hunter2', 'hunter2-longer']).next();
  expect(finding).toMatchObject({ found: 'refused [redacted] for [redacted]', mend: 'not [redacted]' });
});
