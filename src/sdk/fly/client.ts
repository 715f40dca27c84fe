import type { Dispatcher } from 'undici';
import { createAgent } from '../http/exchange.js';
import { getApp } from './app.js';
import { createMachine, createVolume } from './create.js';
import * as machines from './machines.js';
import type { FlyApp } from './schemas.js';
import { type FlyCallOptions, type FlyCallRecord, FlyTransport } from './transport.js';
import { deleteVolume, getVolume, listVolumes } from './volumes.js';
import { type WaitOptions, waitForState } from './wait.js';
import type { FlyCreateMachine, FlyCreateVolume, FlyMachine, FlyVolume, WaitableState } from './wire.js';

export interface FlyClientOptions {
  /** `https://api.machines.dev`, or `http://_api.internal:4280` inside the private network. */
  readonly baseUrl: string;
  readonly app: string;
  readonly token: string;
  /** For one request; creates and waits have bounds of their own. */
  readonly requestTimeoutMs?: number;
  /** Stays the caller's: `close` leaves it alone. */
  readonly dispatcher?: Dispatcher;
  readonly random?: () => number;
  /** Sees every attempt. Must not throw. */
  readonly onCall?: (record: FlyCallRecord) => void;
}

const defaultRequestTimeoutMs = 30_000;
const connectTimeoutMs = 5_000;

/**
 * The Machines API of one app. Every call is bounded in time and repeats only what may be repeated.
 * @throws FlyError when Fly refuses, with advice; FlyTransportError when there is no usable answer; the signal's reason
 */
export class FlyClient {
  readonly #transport: FlyTransport;
  readonly #ownDispatcher: Dispatcher | null;

  constructor(options: FlyClientOptions) {
    const dispatcher = options.dispatcher ?? createAgent(connectTimeoutMs);
    this.#ownDispatcher = options.dispatcher === undefined ? dispatcher : null;
    this.#transport = new FlyTransport({
      baseUrl: options.baseUrl,
      app: options.app,
      token: options.token,
      dispatcher,
      requestTimeoutMs: options.requestTimeoutMs ?? defaultRequestTimeoutMs,
      random: options.random ?? Math.random,
      onCall: options.onCall ?? (() => undefined),
      admit: () => Promise.resolve(),
    });
  }

  /** Finds and adopts what an unclear answer may have made, by name and `metadata.valet_machine`. */
  createMachine(body: FlyCreateMachine, options?: FlyCallOptions): Promise<FlyMachine> {
    return createMachine(this.#transport, body, options);
  }

  getMachine(id: string, options?: FlyCallOptions): Promise<FlyMachine> {
    return machines.getMachine(this.#transport, id, options);
  }

  /** Never proof of absence. */
  listMachines(filter?: machines.FlyMachineFilter, options?: FlyCallOptions): Promise<FlyMachine[]> {
    return machines.listMachines(this.#transport, filter, options);
  }

  /** Success if it is started already. Resolves when Fly accepted it. */
  startMachine(id: string, options?: FlyCallOptions): Promise<void> {
    return machines.startMachine(this.#transport, id, options);
  }

  stopMachine(id: string, options?: FlyCallOptions): Promise<void> {
    return machines.stopMachine(this.#transport, id, options);
  }

  suspendMachine(id: string, options?: FlyCallOptions): Promise<void> {
    return machines.suspendMachine(this.#transport, id, options);
  }

  /** Always by force. Success if it is gone already. */
  deleteMachine(id: string, options?: FlyCallOptions): Promise<void> {
    return machines.deleteMachine(this.#transport, id, options);
  }

  /** Replaces the whole config and restarts. */
  updateMachine(id: string, body: machines.FlyUpdateMachine, options?: FlyCallOptions): Promise<FlyMachine> {
    return machines.updateMachine(this.#transport, id, body, options);
  }

  /** Resolves with the state that was reached. */
  waitForState(id: string, state: WaitableState | readonly WaitableState[], options: WaitOptions): Promise<string> {
    return waitForState(this.#transport, id, state, options);
  }

  /** Finds and adopts what an unclear answer may have made, by name. */
  createVolume(body: FlyCreateVolume, options?: FlyCallOptions): Promise<FlyVolume> {
    return createVolume(this.#transport, body, options);
  }

  getVolume(id: string, options?: FlyCallOptions): Promise<FlyVolume> {
    return getVolume(this.#transport, id, options);
  }

  /** Without deleted ones. Never proof of absence. */
  listVolumes(options?: FlyCallOptions): Promise<FlyVolume[]> {
    return listVolumes(this.#transport, options);
  }

  /** Success if it is gone already. */
  deleteVolume(id: string, options?: FlyCallOptions): Promise<void> {
    return deleteVolume(this.#transport, id, options);
  }

  getApp(options?: FlyCallOptions): Promise<FlyApp> {
    return getApp(this.#transport, options);
  }

  /** Ends calls in flight. */
  async close(): Promise<void> {
    await this.#ownDispatcher?.destroy();
  }
}
