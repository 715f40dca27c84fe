import type { Clock } from '../../clock.js';
import { newNonce } from '../ids.js';
import { refusals } from '../refusal.js';

/** Times in milliseconds since the epoch. */
export interface Lease {
  readonly nonce: string;
  readonly owner: string;
  readonly description: string;
  readonly expiresAtMs: number;
}

export interface LeaseRequest {
  /** What came in the header; undefined when nothing did. */
  readonly nonce: string | undefined;
  readonly owner: string;
  readonly description: string;
  readonly ttlSecs: number;
}

/**
 * Who alone may write to a machine for a while. A nonce that nobody holds bars nothing.
 * Source: fly.io/docs/machines/api/machines-resource.
 */
export class LeaseSeat {
  readonly #machineId: string;
  readonly #clock: Clock;
  #lease: Lease | undefined;

  constructor(machineId: string, clock: Clock) {
    this.#machineId = machineId;
    this.#clock = clock;
  }

  /** Undefined when there is none, or no longer. */
  get current(): Lease | undefined {
    if (this.#lease !== undefined && this.#clock.nowMs() >= this.#lease.expiresAtMs) this.#lease = undefined;
    return this.#lease;
  }

  /** With the nonce of the held lease that lease is renewed and keeps its nonce. @throws FlyRefusal 409 */
  take({ nonce, owner, description, ttlSecs }: LeaseRequest): Lease {
    this.assertMay(nonce);
    const expiresAtMs = this.#clock.nowMs() + ttlSecs * 1000;
    const held = this.current;
    this.#lease =
      held === undefined ? { nonce: newNonce(), owner, description, expiresAtMs } : { ...held, expiresAtMs };
    return this.#lease;
  }

  /** @throws FlyRefusal 404 when there is none, 409 when it is somebody else's */
  release(nonce: string | undefined): void {
    if (this.current === undefined) throw refusals.notFound('lease');
    this.assertMay(nonce);
    this.#lease = undefined;
  }

  /** With the machine goes its lease. */
  end(): void {
    this.#lease = undefined;
  }

  /** @throws FlyRefusal 409 when somebody else holds it */
  assertMay(nonce: string | undefined): void {
    const lease = this.current;
    if (lease === undefined || lease.nonce === nonce) return;
    throw refusals.leaseHeld(this.#machineId, lease.owner, lease.expiresAtMs);
  }
}
