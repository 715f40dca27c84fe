import type { DatabaseHealth, Reached } from '../../database/health.js';
import type { DirectFacts } from '../../database/health-direct.js';
import type { DatabaseContents } from '../../database/health-rows.js';
import { locks } from '../../upkeep/lock-numbers.js';
import type { Address } from '../verdicts/database.js';
import { once } from './once.js';

export interface DatabaseProbeParts {
  readonly health: Pick<DatabaseHealth, 'reach' | 'migrations' | 'clock'>;
  readonly contents: Pick<DatabaseContents, 'missingRights' | 'atWork'>;
  readonly lookAtDirectUrl: (signal: AbortSignal) => Promise<DirectFacts>;
  readonly pooledUrl: string;
  readonly directUrl: string;
}

/** The database by its two addresses. */
export class DatabaseProbe {
  readonly #parts: DatabaseProbeParts;
  readonly pooled: (signal: AbortSignal) => Promise<Reached>;
  readonly direct: (signal: AbortSignal) => Promise<Reached>;

  constructor(parts: DatabaseProbeParts) {
    this.#parts = parts;
    this.pooled = once((signal) => parts.health.reach('pooled', signal));
    this.direct = once((signal) => parts.health.reach('direct', signal));
  }

  get pooledAddress(): Address {
    return { variable: 'DATABASE_URL', place: placeOf(this.#parts.pooledUrl) };
  }

  get directAddress(): Address {
    return { variable: 'DATABASE_DIRECT_URL', place: placeOf(this.#parts.directUrl) };
  }

  lookAtDirectUrl(signal: AbortSignal) {
    return this.#parts.lookAtDirectUrl(signal);
  }

  migrations(signal: AbortSignal) {
    return this.#parts.health.migrations(signal);
  }

  clock(signal: AbortSignal) {
    return this.#parts.health.clock(signal);
  }

  missingRights(signal: AbortSignal) {
    return this.#parts.contents.missingRights(signal);
  }

  atWork(signal: AbortSignal) {
    return this.#parts.contents.atWork(Object.values(locks), signal);
  }
}

const usualPort = '5432';

function placeOf(text: string): string {
  const url = new URL(text);
  return `${url.hostname}:${url.port || usualPort}${url.pathname}`;
}
