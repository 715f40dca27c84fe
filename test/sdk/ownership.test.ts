import { expect, it } from 'vitest';
import { type OwnershipOptions, type Renewal, whileOwned } from '../../src/sdk/ownership.js';

const subject = 'Waking project demo';

/** Renews every millisecond; answers the given renewals in turn, then `owned`. */
function owning(answers: readonly (Renewal | Error | 'silence')[], more: Partial<OwnershipOptions> = {}) {
  let asked = 0;
  const enough = Promise.withResolvers<void>();
  const renew = async (): Promise<Renewal> => {
    const answer = answers[asked++] ?? 'owned';
    if (asked === 20) enough.resolve();
    if (answer instanceof Error) throw answer;
    return answer === 'silence' ? new Promise<never>(() => undefined) : answer;
  };
  const options: OwnershipOptions = { subject, renew, renewMs: 1, ...more };
  return { options, asked: () => asked, renewedOften: enough.promise };
}

/** Work that ends only when it is aborted. */
async function untilAborted(signal: AbortSignal): Promise<never> {
  await new Promise((resolve) => signal.addEventListener('abort', resolve));
  throw new Error('the work was interrupted');
}

it('the work’s result is the result, and its deadline was renewed while it went on', async () => {
  const { options, renewedOften } = owning([]);
  const result = await whileOwned(options, async (signal) => {
    await renewedOften;
    return signal.aborted ? 'aborted' : 'done';
  });
  expect(result).toBe('done');
});

it('the work’s own failure is the failure', async () => {
  const fault = new Error('configure failed');
  await expect(whileOwned(owning([]).options, () => Promise.reject(fault))).rejects.toBe(fault);
});

const unreached = new Error('connection refused');

it.each([
  ['another owner has taken over', ['owned', 'lost'], {}, 'another instance has taken over'],
  ['a wake was requested', ['owned', 'wanted_elsewhere'], {}, 'it is wanted again'],
  ['it is held too long', [], { maxHoldMs: 20 }, 'it took longer than'],
  ['the database hangs', ['owned', 'silence'], { silenceMs: 20 }, 'could not be reached before the deadline'],
  ['the database refuses', Array(1000).fill(unreached), { silenceMs: 20 }, 'could not be reached before the deadline'],
] as const)(
  'G6: the work is aborted when %s, and the reason is what its caller sees',
  async (_, answers, more, reason) => {
    const { options } = owning(answers, more);
    await expect(whileOwned(options, untilAborted)).rejects.toMatchObject({
      code: 'state_changed',
      message: expect.stringMatching(new RegExp(`^${subject}: .*${reason}`)),
    });
  },
);

it('a database that is away for a moment aborts nothing', async () => {
  const { options, renewedOften } = owning(['owned', unreached, unreached, 'owned', unreached]);
  const aborted = await whileOwned(options, async (signal) => {
    await renewedOften;
    return signal.aborted;
  });
  expect(aborted).toBe(false);
});

it('the caller’s signal aborts the work with the caller’s reason', async () => {
  const caller = new AbortController();
  const reason = new Error('the instance is shutting down');
  const working = whileOwned(owning([], { signal: caller.signal }).options, untilAborted);
  caller.abort(reason);
  await expect(working).rejects.toBe(reason);
});

it('work is not begun for a caller that has given up already', async () => {
  let begun = false;
  const options = owning([], { signal: AbortSignal.abort(new Error('too late')) }).options;
  const working = whileOwned(options, async () => {
    begun = true;
  });
  await expect(working).rejects.toThrow('too late');
  expect(begun).toBe(false);
});

it('nothing is renewed once the work has ended, and a renewal that hangs does not hold up the end', async () => {
  const { options, asked } = owning(['silence']);
  const hanging = Promise.withResolvers<void>();
  const renew = () => {
    hanging.resolve();
    return options.renew();
  };
  await whileOwned({ ...options, renew }, () => hanging.promise);
  const askedAtEnd = asked();
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
  expect(asked()).toBe(askedAtEnd);
});
