/**
 * Creates are not idempotent at Fly and have no idempotency key. So an unclear answer is never repeated: we look for
 * what it may have made, and take it only if it provably is ours.
 */
import { pause } from '../http/backoff.js';
import { type Adoption, decideMachineAdoption, decideVolumeAdoption, machineMark } from './adoption.js';
import { readAnswer } from './answer.js';
import { FlyError } from './errors.js';
import { getMachine, listMachines } from './machines.js';
import { isUnclear } from './retry.js';
import { flyMachineSchema, flyVolumeSchema } from './schemas.js';
import { defaultTimeoutMs, type FlyCallOptions, type FlyTransport } from './transport.js';
import { listVolumes } from './volumes.js';
import type { FlyCreateMachine, FlyCreateVolume, FlyMachine, FlyVolume } from './wire.js';

/** Just after a create a get may answer 404 and a list may miss it, so we look more than once. */
const lookPausesMs = [0, 500, 1_000, 2_000] as const;
/** The share of the call's time that is kept for looking. */
const lookShare = 1 / 3;

/** @throws FlyError with advice `give-up` if the name belongs to a stranger; the create's own error if nothing was found */
export async function createMachine(
  fly: FlyTransport,
  body: FlyCreateMachine,
  options: FlyCallOptions = {},
): Promise<FlyMachine> {
  const request = { call: 'createMachine', target: body.name, method: 'POST', path: '/machines', body } as const;
  const times = shareTime(options);
  try {
    const answer = await fly.send(
      { ...request, repeatable: false, requestTimeoutMs: times.create },
      times.createOptions,
    );
    return readAnswer(flyMachineSchema, answer, request);
  } catch (error) {
    const conflictingId = error instanceof FlyError ? error.conflictingMachineId : null;
    if (conflictingId === null && !isUnclear(error)) throw error;
    return await look(fly, error, times.lookOptions, async (lookOptions) =>
      decideMachineAdoption(body, await machinesNamed(fly, body, conflictingId, lookOptions)),
    );
  }
}

/** @throws like `createMachine` */
export async function createVolume(
  fly: FlyTransport,
  body: FlyCreateVolume,
  options: FlyCallOptions = {},
): Promise<FlyVolume> {
  const request = { call: 'createVolume', target: body.name, method: 'POST', path: '/volumes', body } as const;
  const times = shareTime(options);
  try {
    const answer = await fly.send(
      { ...request, repeatable: false, requestTimeoutMs: times.create },
      times.createOptions,
    );
    return readAnswer(flyVolumeSchema, answer, request);
  } catch (error) {
    if (!isUnclear(error)) throw error;
    return await look(fly, error, times.lookOptions, async (lookOptions) =>
      decideVolumeAdoption(body.name, await listVolumes(fly, lookOptions)),
    );
  }
}

async function machinesNamed(
  fly: FlyTransport,
  body: FlyCreateMachine,
  conflictingId: string | null,
  options: FlyCallOptions,
): Promise<readonly FlyMachine[]> {
  if (conflictingId !== null) return [await getMachine(fly, conflictingId, options)];
  const mark = body.config.metadata?.[machineMark];
  return await listMachines(fly, mark === undefined ? {} : { metadata: { [machineMark]: mark } }, options);
}

/** Looks a few times for what an unclear create may have made. Not finding it proves nothing: its own error stands. */
async function look<T>(
  fly: FlyTransport,
  failure: unknown,
  options: FlyCallOptions & { readonly timeoutMs: number },
  seek: (options: FlyCallOptions) => Promise<Adoption<T>>,
): Promise<T> {
  const deadline = performance.now() + options.timeoutMs;
  for (const pauseMs of lookPausesMs) {
    const jitteredMs = pauseMs * (0.5 + fly.random() / 2);
    const timeoutMs = deadline - performance.now() - jitteredMs;
    if (timeoutMs <= 0) break;
    await pause(jitteredMs, options.signal);
    const adoption = await seek({ signal: options.signal, timeoutMs }).catch(asUnknown(options.signal));
    if (adoption.kind === 'adopt') return adoption.found;
    if (adoption.kind === 'foreign') throw failure instanceof FlyError ? failure.withAdvice('give-up') : failure;
  }
  throw failure;
}

/** A look that fails is a look that found nothing; only the caller's own signal ends the looking. */
function asUnknown(signal: AbortSignal | undefined): () => { readonly kind: 'unknown' } {
  return () => {
    signal?.throwIfAborted();
    return { kind: 'unknown' };
  };
}

function shareTime({ signal, timeoutMs = defaultTimeoutMs }: FlyCallOptions) {
  const create = timeoutMs * (1 - lookShare);
  return {
    create,
    createOptions: { signal, timeoutMs: create },
    lookOptions: { signal, timeoutMs: timeoutMs * lookShare },
  };
}
