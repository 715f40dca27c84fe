import type { Dispatcher } from 'undici';
import { type MonotonicClock, monotonicClock } from '../clock.js';
import type { Cause } from '../correlation.js';
import { Connections } from '../http/connections.js';
import { getApp } from './app.js';
import type { FlyCallOptions } from './deadline.js';
import { type FlyEventOptions, listEvents } from './events.js';
import { RateLimiter } from './limits/rate-limiter.js';
import * as changes from './machine-changes.js';
import * as machines from './machines.js';
import * as metadata from './metadata.js';
import * as platform from './platform.js';
import type { FlyApp, FlyPlacement, FlyRegions } from './schemas.js';
import { type FlyCallFailure, type FlyCallRecord, FlyTransport } from './transport.js';
import * as volumes from './volumes.js';
import * as waits from './wait.js';
import type {
  FlyCreateVolume,
  FlyMachine,
  FlyMachineEvent,
  FlyUpdateMachine,
  FlyVolume,
  WaitableState,
} from './wire.js';

/** Which app, with whose token, and how. */
export interface FlyClientOptions {
  /**
   * `https://api.machines.dev` if left out; `http://_api.internal:4280` inside the private network. Source:
   * https://fly.io/docs/machines/api/working-with-machines-api/
   */
  readonly baseUrl?: string;
  /** The name of the app whose machines and volumes the client looks after. */
  readonly app: string;
  /** As it is printed: alone, or with the scheme `FlyV1` in front. */
  readonly token: string;
  /** Whether calls wait so as to keep Fly's rate limits. `off` is for an emulator that has none. Default `on`. */
  readonly rateLimit?: 'on' | 'off';
  /** For one request, 30 000 if left out; creates and waits have bounds of their own. */
  readonly requestTimeoutMs?: number;
  /** Stays the caller's: `close` leaves it alone. */
  readonly dispatcher?: Dispatcher;
  /** In [0, 1), for what is added to the pauses between tries; `Math.random` if left out. */
  readonly random?: () => number;
  /** By which calls wait for their turn; the computer's if left out. Their deadlines go by the computer's in any case. */
  readonly clock?: MonotonicClock;
  /** Sees every attempt. Must not throw. */
  readonly onCall?: (record: FlyCallRecord) => void;
  /** Sees every call that came to nothing, once, after its last attempt. Must not throw. */
  readonly onFailure?: (failure: FlyCallFailure) => void;
  /** Whose the call is that is being made now, for those two. */
  readonly causeOf?: () => Cause | undefined;
}

const defaultBaseUrl = 'https://api.machines.dev';
const defaultRequestTimeoutMs = 30_000;
const connectTimeoutMs = 5_000;
const maxWaitingCalls = 1_000;
const maxBuckets = 1_000;

/**
 * The Machines API of one app. Every call is bounded in time, keeps Fly's rate limits, and repeats only what may be
 * repeated.
 * @throws FlyError when Fly refuses, with advice; FlyTransportError when there is no usable answer; the signal's reason
 */
export class FlyClient implements AsyncDisposable {
  /** Of the API, as it was given. */
  readonly baseUrl: string;
  readonly app: string;
  readonly #transport: FlyTransport;
  readonly #limiter: RateLimiter | null;
  readonly #connections: Connections;

  /** @throws ValetError `config_invalid` if the token cannot be sent in a header */
  constructor(options: FlyClientOptions) {
    const { baseUrl = defaultBaseUrl, app, token, rateLimit = 'on', clock = monotonicClock } = options;
    this.#connections = new Connections({ connectTimeoutMs, lent: options.dispatcher });
    this.baseUrl = baseUrl;
    this.app = app;
    this.#limiter = rateLimit === 'on' ? new RateLimiter({ clock, maxWaiting: maxWaitingCalls, maxBuckets }) : null;
    this.#transport = new FlyTransport({
      baseUrl,
      app,
      token,
      connections: this.#connections,
      requestTimeoutMs: options.requestTimeoutMs ?? defaultRequestTimeoutMs,
      random: options.random ?? Math.random,
      onCall: options.onCall ?? (() => undefined),
      onFailure: options.onFailure ?? (() => undefined),
      causeOf: options.causeOf ?? (() => undefined),
      limiter: this.#limiter,
    });
  }

  /** Calls that wait for their turn under the rate limits, now. */
  get waitingCalls(): number {
    return this.#limiter?.waiting ?? 0;
  }

  /** Finds and adopts what an unclear answer may have made, by name and, if there is one, `metadata.valet_machine`. */
  createMachine(order: machines.FlyNewMachine, options?: FlyCallOptions): Promise<FlyMachine> {
    return machines.createMachine(this.#transport, order, options);
  }

  /** As Fly has it now. Throws FlyError, which `isGone` tells from others, if Fly does not know it. */
  getMachine(id: string, options?: FlyCallOptions): Promise<FlyMachine> {
    return machines.getMachine(this.#transport, id, options);
  }

  /** Never proof of absence. */
  listMachines(filter?: machines.FlyMachineFilter, options?: FlyCallOptions): Promise<FlyMachine[]> {
    return machines.listMachines(this.#transport, filter, options);
  }

  /** Replaces the whole config, and restarts what runs. */
  updateMachine(id: string, body: FlyUpdateMachine, options?: FlyCallOptions): Promise<FlyMachine> {
    return machines.updateMachine(this.#transport, id, body, options);
  }

  /** By force unless told otherwise. Success if it is gone already. */
  deleteMachine(id: string, options?: changes.FlyDeleteOptions): Promise<void> {
    return changes.deleteMachine(this.#transport, id, options);
  }

  /** Success if it is started already. Resolves when Fly accepted it. */
  startMachine(id: string, options?: FlyCallOptions): Promise<void> {
    return changes.startMachine(this.#transport, id, options);
  }

  /** Success if it is stopped already. Resolves when Fly accepted it. */
  stopMachine(id: string, options?: changes.FlyStopOptions): Promise<void> {
    return changes.stopMachine(this.#transport, id, options);
  }

  /** Success if it is suspended already. Resolves when Fly accepted it. */
  suspendMachine(id: string, options?: FlyCallOptions): Promise<void> {
    return changes.suspendMachine(this.#transport, id, options);
  }

  /** Resolves when it is started; fails at once when it fails or is destroyed. */
  waitForMachine(id: string, options: waits.FlyWaitOptions): Promise<void> {
    return waits.waitForMachine(this.#transport, id, options);
  }

  /** Resolves with the state that was reached. */
  waitForState(
    id: string,
    state: WaitableState | readonly WaitableState[],
    options: waits.FlyWaitOptions,
  ): Promise<string> {
    return waits.waitForState(this.#transport, id, state, options);
  }

  /** The newest first, 50 at most. */
  listEvents(id: string, options?: FlyEventOptions): Promise<FlyMachineEvent[]> {
    return listEvents(this.#transport, id, options);
  }

  /** Its metadata: texts by key. */
  getMetadata(id: string, options?: FlyCallOptions): Promise<metadata.FlyMetadata> {
    return metadata.getMetadata(this.#transport, id, options);
  }

  /** Sets one key and leaves the others. */
  setMetadata(id: string, key: string, value: string, options?: FlyCallOptions): Promise<void> {
    return metadata.setMetadata(this.#transport, id, key, value, options);
  }

  /** Success if it is gone already. */
  deleteMetadata(id: string, key: string, options?: FlyCallOptions): Promise<void> {
    return metadata.deleteMetadata(this.#transport, id, key, options);
  }

  /** Sets several keys and removes those that are null; the others stay. */
  mergeMetadata(id: string, changed: metadata.FlyMetadataChanges, options?: FlyCallOptions): Promise<void> {
    return metadata.mergeMetadata(this.#transport, id, changed, options);
  }

  /** Finds and adopts what an unclear answer may have made, by name. */
  createVolume(order: FlyCreateVolume, options?: FlyCallOptions): Promise<FlyVolume> {
    return volumes.createVolume(this.#transport, order, options);
  }

  /** As Fly has it now. One that was deleted may still be answered: `isVolumeGone` tells. */
  getVolume(id: string, options?: FlyCallOptions): Promise<FlyVolume> {
    return volumes.getVolume(this.#transport, id, options);
  }

  /** Without deleted ones. Never proof of absence. */
  listVolumes(options?: FlyCallOptions): Promise<FlyVolume[]> {
    return volumes.listVolumes(this.#transport, options);
  }

  /** In GB; volumes only grow. Success if it has that size already. */
  extendVolume(id: string, sizeGb: number, options?: FlyCallOptions): Promise<volumes.FlyExtendedVolume> {
    return volumes.extendVolume(this.#transport, id, sizeGb, options);
  }

  /** Success if it is gone already. */
  deleteVolume(id: string, options?: FlyCallOptions): Promise<void> {
    return volumes.deleteVolume(this.#transport, id, options);
  }

  /** The app itself; that it answers is what makes an absence within it believable. */
  getApp(options?: FlyCallOptions): Promise<FlyApp> {
    return getApp(this.#transport, options);
  }

  /** Those of the platform, whichever of them the app uses. */
  listRegions(options?: FlyCallOptions): Promise<FlyRegions> {
    return platform.listRegions(this.#transport, options);
  }

  /** Where there is room: a hint, nothing is reserved. */
  getPlacements(question: platform.FlyPlacementQuestion, options?: FlyCallOptions): Promise<FlyPlacement[]> {
    return platform.getPlacements(this.#transport, question, options);
  }

  /** Ends calls that wait and calls in flight. Idempotent. */
  async close(): Promise<void> {
    this.#limiter?.close();
    await this.#connections.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
