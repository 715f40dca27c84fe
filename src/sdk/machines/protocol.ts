import type { Dispatcher } from 'undici';
import { ValetError } from '../errors.js';
import { type Backoff, backoffMs, pause } from '../http/backoff.js';
import { Connections } from '../http/connections.js';
import type { Answer } from '../http/exchange.js';
import { type ArchiveAnswer, type MachineStatus, parseArchived, parseRefusal, parseStatus } from './answers.js';
import { MachineConnection, type MachineRequest } from './connection.js';
import { type MachineCall, type MachineTarget, machineMisspoke, machineRefused, machineUnreachable } from './errors.js';

/** Where machines are reached, and with which secrets. */
export interface MachineProtocolOptions {
  /**
   * `http://{machine_id}.vm.{app}.internal:3000` if left out; `{machine_id}` is Fly's id. That name resolves only inside of
   * Fly's private network, and while the machine is started. Source: https://fly.io/docs/networking/private-networking/
   */
  readonly urlTemplate?: string;
  /** The Fly app of the machines. */
  readonly app: string;
  /** What machines' own secrets are derived from: the current one, then older ones while they are rotated out. */
  readonly internalSecrets: readonly string[];
  /** Of each call, the first included; 5 if left out. */
  readonly tries?: number;
  /** For one try of a call that moves no data; 10 000 if left out. */
  readonly requestTimeoutMs?: number;
  /** For one try of an archive or a restore, and for all its tries together; 600 000 if left out. */
  readonly transferTimeoutMs?: number;
  /** Stays the caller's: `close` leaves it alone. */
  readonly dispatcher?: Dispatcher;
  /** In [0, 1), for what is added to the pauses between tries; `Math.random` if left out. */
  readonly random?: () => number;
  /** Told of every refusal that may mean that the machine is not what its row says, before the caller is. */
  readonly onIdentity?: (target: MachineTarget, identity: MachineIdentity) => Promise<void>;
}

/** Whom a machine says that it serves; or that it is not one that we could ask. */
export type MachineIdentity =
  | { readonly refused: 'secret' }
  | { readonly project_id: string | null; readonly epoch: number | null };

/** What the calls of MachineProtocol take last. */
export interface MachineCallOptions {
  /** Ends the call at once, also while it pauses between two tries. */
  readonly signal?: AbortSignal | undefined;
  /** For all tries together; 60 000 if left out, and for an archive or a restore what `transferTimeoutMs` says. */
  readonly timeoutMs?: number | undefined;
}

/** How long is waited for a machine. */
export interface ReadyOptions {
  /** For all looks together; 60 000 if left out. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

const defaultUrlTemplate = 'http://{machine_id}.vm.{app}.internal:3000';
const connectTimeoutMs = 2_000;
const defaultTries = 5;
const defaultRequestTimeoutMs = 10_000;
/** An archive of 1 GB over a shared link, with room. */
const defaultTransferTimeoutMs = 600_000;
const defaultTimeoutMs = 60_000;
const readyTryTimeoutMs = 2_000;
const restorePath = '/internal/restore-from-r2';
const readyBackoff: Backoff = { firstMs: 50, maxMs: 500 };

/**
 * What the control plane says to a project's machine (docs/machine-protocol.md). Every call may be repeated, and the
 * machine refuses an epoch smaller than the largest it has seen.
 *
 * @throws ValetError `machine_unreachable`, `machine_refused` (details: status, code), `restore_failed`; the signal's reason
 */
export class MachineProtocol implements AsyncDisposable {
  readonly #options: MachineProtocolOptions;
  readonly #connection: MachineConnection;
  readonly #connections: Connections;
  readonly #random: () => number;

  constructor(options: MachineProtocolOptions) {
    const { urlTemplate = defaultUrlTemplate, app, internalSecrets } = options;
    const connections = new Connections({ connectTimeoutMs, lent: options.dispatcher });
    this.#connections = connections;
    this.#random = options.random ?? Math.random;
    this.#options = options;
    this.#connection = new MachineConnection({ urlTemplate, app, internalSecrets, connections, random: this.#random });
  }

  /** Looks only. A server that answers 404 is a basic one. */
  async status(target: MachineTarget, options: MachineCallOptions = {}): Promise<MachineStatus> {
    return statusOf(target, await this.#send({ ...this.#statusRequest(target), ...bounded(options) }));
  }

  /** Waits until the machine gives any valid status; a basic server is ready when it answers at all. */
  async waitUntilReady(target: MachineTarget, options: ReadyOptions = {}): Promise<MachineStatus> {
    const withinMs = options.timeoutMs ?? defaultTimeoutMs;
    const deadline = performance.now() + withinMs;
    for (let attempt = 1; ; attempt++) {
      const timeoutMs = Math.max(1, Math.min(readyTryTimeoutMs, deadline - performance.now()));
      const request = { ...this.#statusRequest(target), tries: 1, timeoutMs, signal: options.signal };
      try {
        return statusOf(target, await this.#send(request));
      } catch (error) {
        if (!isStillComingUp(error)) throw error;
        const afterMs = backoffMs(attempt, readyBackoff, this.#random);
        const why = `it was not ready within ${withinMs} ms`;
        if (performance.now() + afterMs >= deadline) throw machineUnreachable('status', target, why, error);
        await pause(afterMs, options.signal);
      }
    }
  }

  /** The machine becomes that project's, without a restart. */
  async configure(
    target: MachineTarget,
    epoch: number,
    body: { readonly project_id: string; readonly deploy_key: string },
    options: MachineCallOptions = {},
  ): Promise<void> {
    const answer = await this.#post('configure', '/internal/configure', { target, epoch, body }, options);
    if (!isSuccess(answer)) throw machineRefused('configure', target, answer);
  }

  /** Replaces the machine's database with the archive, once per epoch. */
  async restore(
    target: MachineTarget,
    epoch: number,
    body: { readonly r2_key: string; readonly r2_checksum: string | null; readonly download_url: string },
    options: MachineCallOptions = {},
  ): Promise<void> {
    const answer = await this.#post('restore', restorePath, { target, epoch, body }, options);
    if (!isSuccess(answer)) throw machineRefused('restore', target, answer);
  }

  /**
   * Whether the machine could bring an archive back. A basic server is asked to restore nothing: one that does not know
   * the call answers 404. One that acts on anything may do so now, so ask it only when its data is safe elsewhere.
   */
  async restores(target: MachineTarget, epoch: number, options: MachineCallOptions = {}): Promise<boolean> {
    if ((await this.status(target, options)).kind === 'valet') return true;
    const answer = await this.#post('restore', restorePath, { target, epoch, body: {} }, options);
    return answer.status !== 404;
  }

  /** The machine stops serving, uploads its database and says what it uploaded: a claim, to be proven. */
  async archive(
    target: MachineTarget,
    epoch: number,
    body: { readonly r2_key: string; readonly upload_url: string },
    options: MachineCallOptions = {},
  ): Promise<ArchiveAnswer> {
    const answer = await this.#post('archive', '/internal/archive-to-r2', { target, epoch, body }, options);
    if (isSuccess(answer)) {
      const archived = parseArchived(answer.text);
      if (archived === null) throw machineMisspoke('archive', target, answer);
      return archived;
    }
    const refusal = parseRefusal(answer.text);
    // A basic server may refuse without a code; the only 409 it can mean is busy.
    const isBusy = answer.status === 409 && (refusal.code === null || refusal.code === 'busy');
    if (isBusy) return { kind: 'busy', reason: refusal.reason };
    throw machineRefused('archive', target, answer);
  }

  /** The machine serves again after a cancelled archive. A basic server never stopped. */
  async resume(target: MachineTarget, epoch: number, options: MachineCallOptions = {}): Promise<void> {
    const answer = await this.#post('resume', '/internal/resume', { target, epoch, body: {} }, options);
    if (!isSuccess(answer) && answer.status !== 404) throw machineRefused('resume', target, answer);
  }

  /** Ends calls in flight. Idempotent. */
  close(): Promise<void> {
    return this.#connections.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #post(
    call: MachineCall,
    path: string,
    what: Pick<MachineRequest, 'target' | 'epoch' | 'body'>,
    options: MachineCallOptions,
  ): Promise<Answer> {
    const { requestTimeoutMs = defaultRequestTimeoutMs, transferTimeoutMs = defaultTransferTimeoutMs } = this.#options;
    const movesData = call === 'archive' || call === 'restore';
    const times = movesData
      ? { tryTimeoutMs: transferTimeoutMs, timeoutMs: transferTimeoutMs }
      : { tryTimeoutMs: requestTimeoutMs, timeoutMs: defaultTimeoutMs };
    return this.#send({ call, path, method: 'POST', ...what, ...times, tries: this.#tries, ...bounded(options) });
  }

  #statusRequest(target: MachineTarget): MachineRequest {
    const tryTimeoutMs = this.#options.requestTimeoutMs ?? defaultRequestTimeoutMs;
    const path = '/internal/status';
    const times = { tryTimeoutMs, timeoutMs: defaultTimeoutMs };
    return { call: 'status', target, method: 'GET', path, epoch: null, ...times, tries: this.#tries };
  }

  get #tries(): number {
    return this.#options.tries ?? defaultTries;
  }

  async #send(request: MachineRequest): Promise<Answer> {
    const answer = await this.#connection.send(request);
    const identity = identityIn(answer);
    // What goes wrong with telling is found again by asking; the call's own error is what its caller needs.
    if (identity) await this.#options.onIdentity?.(request.target, identity).catch(() => undefined);
    return answer;
  }
}

function statusOf(target: MachineTarget, answer: Answer): MachineStatus {
  if (answer.status === 404) return { kind: 'basic' };
  if (!isSuccess(answer)) throw machineRefused('status', target, answer);
  const status = parseStatus(answer.text);
  if (status === null) throw machineMisspoke('status', target, answer);
  return status;
}

function identityIn(answer: Answer): MachineIdentity | undefined {
  if (answer.status === 401) return { refused: 'secret' };
  if (answer.status !== 409) return undefined;
  const { code, projectId, epoch } = parseRefusal(answer.text);
  if (code !== 'other_project' && code !== 'stale_epoch') return undefined;
  return { project_id: projectId, epoch };
}

/** Only what a caller gave overrides a default. */
function bounded({ signal, timeoutMs }: MachineCallOptions): Pick<MachineRequest, 'signal'> & { timeoutMs?: number } {
  return { signal, ...(timeoutMs === undefined ? {} : { timeoutMs }) };
}

function isSuccess(answer: Answer): boolean {
  return answer.status >= 200 && answer.status < 300;
}

/** Nobody listens yet, or the program fails while it starts. */
function isStillComingUp(error: unknown): boolean {
  if (!(error instanceof ValetError)) return false;
  const status = error.details?.status;
  return error.code === 'machine_unreachable' || (typeof status === 'number' && status >= 500);
}
