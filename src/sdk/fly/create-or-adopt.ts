/**
 * Creates are not idempotent at Fly and have no idempotency key. So an unclear answer is never repeated: we look for
 * what it may have made, and take it only if it provably is ours.
 */
import { pause } from '../http/backoff.js';
import type { Adoption } from './adoption.js';
import { Deadline, type FlyCallOptions } from './deadline.js';
import { FlyError, mayExist } from './errors.js';
import type { FlyTransport } from './transport.js';

/** Just after a create a get may answer 404 and a list may miss it, so we look more than once. */
const lookPausesMs = [0, 500, 1_000, 2_000] as const;
/** The share of the call's time that is kept for looking. */
const lookShare = 1 / 3;

interface CreateTimes extends FlyCallOptions {
  /** A create may take all the time there is. */
  readonly requestTimeoutMs: number;
}

export interface Creation<T> {
  readonly create: (times: CreateTimes) => Promise<T>;
  readonly seek: (failure: unknown, options: FlyCallOptions) => Promise<Adoption<T>>;
}

/** @throws FlyError with advice `give-up` if the name belongs to a stranger; the create's own error if nothing was found */
export async function createOrAdopt<T>(
  fly: FlyTransport,
  options: FlyCallOptions | undefined,
  creation: Creation<T>,
): Promise<T> {
  const deadline = new Deadline(options);
  const createMs = deadline.leftMs * (1 - lookShare);
  try {
    return await creation.create({ ...deadline.within(createMs), requestTimeoutMs: createMs });
  } catch (failure) {
    if (!mayExist(failure)) throw failure;
    return await look(fly, failure, deadline, creation.seek);
  }
}

/** Looks a few times for what an unclear create may have made. Not finding it proves nothing: its own error stands. */
async function look<T>(fly: FlyTransport, failure: unknown, deadline: Deadline, seek: Creation<T>['seek']): Promise<T> {
  for (const pauseMs of lookPausesMs) {
    const jitteredMs = pauseMs * (0.5 + fly.random() / 2);
    if (jitteredMs >= deadline.leftMs) break;
    await pause(jitteredMs, deadline.signal);
    const adoption = await deadline.unlessItFails(seek(failure, deadline.rest));
    if (adoption?.kind === 'adopt') return adoption.found;
    if (adoption?.kind === 'foreign') throw failure instanceof FlyError ? failure.withAdvice('give-up') : failure;
  }
  throw failure;
}
