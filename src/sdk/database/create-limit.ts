import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import { ValetError } from '../errors.js';
import type { CreateAllowance, CreateLimit, RateLimitState } from '../serving.js';
import { CreateSlots } from './create-slots.js';
import { type Database, translated } from './database.js';

/** Public creates per client: no rush, no stream, no trickle that adds up. */
const windows = [
  { name: 'burst', points: 3, durationSecs: 10 },
  { name: 'quarter', points: 6, durationSecs: 15 * 60 },
  { name: 'hour', points: 15, durationSecs: 60 * 60 },
] as const;

/** Creates of one client that may be under way at the same moment. */
const maxAtOnce = 3;
const atOnceRetrySecs = 5;

/** Counted in PostgreSQL by rate-limiter-flexible, so that all instances count together. */
export class PostgresCreateLimit implements CreateLimit {
  readonly #slots: CreateSlots;
  readonly #limiters: readonly RateLimiterPostgres[];

  constructor(database: Database) {
    this.#slots = new CreateSlots(database, maxAtOnce);
    this.#limiters = windows.map(
      (window) =>
        new RateLimiterPostgres({
          storeClient: database.pool,
          storeType: 'pool',
          tableName: 'create_limits',
          tableCreated: true,
          keyPrefix: window.name,
          points: window.points,
          duration: window.durationSecs,
        }),
    );
  }

  async begin(clientKey: string): Promise<CreateAllowance> {
    if (!(await this.#slots.take(clientKey))) throw tooManyAtOnce();
    try {
      const state = await this.#count(clientKey);
      return { state, end: (counts) => this.#end(clientKey, counts) };
    } catch (thrown) {
      await this.#slots.free(clientKey);
      throw thrown;
    }
  }

  async #count(clientKey: string): Promise<RateLimitState> {
    const states: RateLimitState[] = [];
    for (const limiter of this.#limiters) states.push(await consume(limiter, clientKey));
    // The caller is told of the window that will stop it first.
    return states.reduce((tightest, state) => (state.remaining < tightest.remaining ? state : tightest));
  }

  /** The burst is not given back: it also bounds how often a client can make us fail. */
  async #end(clientKey: string, counts: boolean): Promise<void> {
    await this.#slots.free(clientKey);
    if (counts) return;
    await this.#slots.giveBack(this.#limiters.slice(1).map((limiter) => limiter.getKey(clientKey)));
  }
}

function tooManyAtOnce(): ValetError {
  return new ValetError('rate_limited', `This address is creating ${maxAtOnce} projects at this moment.`, {
    hint: 'Wait for one of them to be ready.',
    retryAfterSecs: atOnceRetrySecs,
    details: { limit: maxAtOnce },
  });
}

async function consume(limiter: RateLimiterPostgres, clientKey: string): Promise<RateLimitState> {
  try {
    return stateOf(limiter, await limiter.consume(clientKey));
  } catch (thrown) {
    if (!(thrown instanceof RateLimiterRes)) throw translated(thrown);
    const { resetSecs } = stateOf(limiter, thrown);
    throw new ValetError('rate_limited', `This address has created ${limiter.points} projects within its allowance.`, {
      hint: `Try again in ${resetSecs} seconds.`,
      retryAfterSecs: resetSecs,
      details: { limit: limiter.points, window_secs: limiter.duration },
    });
  }
}

function stateOf(limiter: RateLimiterPostgres, result: RateLimiterRes): RateLimitState {
  return {
    limit: limiter.points,
    remaining: Math.max(0, result.remainingPoints),
    resetSecs: Math.max(1, Math.ceil(result.msBeforeNext / 1000)),
  };
}
