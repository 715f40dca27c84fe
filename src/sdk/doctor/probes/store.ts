import { randomBytes } from 'node:crypto';
import type { ArchiveStore } from '../../archives/store.js';
import { asError, ValetError } from '../../errors.js';
import type { Connections } from '../../http/connections.js';
import { exchange } from '../../http/exchange.js';
import type { StoreRefusal, StoreTrial } from '../verdicts/store.js';

export interface StoreProbeParts {
  readonly store: Pick<ArchiveStore, 'put' | 'read' | 'delete' | 'list' | 'uploadUrl' | 'downloadUrl'>;
  /** Carries what goes by presigned URLs, as from a machine. */
  readonly connections: Pick<Connections, 'dispatcher'>;
  readonly nowMs: () => number;
}

type Step = StoreRefusal['step'];

/** Nothing else in the bucket has it, and nothing but these checks looks there. */
const prefix = 'valet/doctor/';
/** What is older was left behind: no check takes as long. */
const leftoverMs = 3_600_000;
const maxLeftovers = 1_000;
const maxCleared = 20;
const tidyTimeoutMs = 4_000;
const httpTimeoutMs = 8_000;
const maxAnswerBytes = 64 * 1024;
const expiresInSecs = 60;

/** Writes small objects under a prefix of their own, and takes them away again whatever happens. */
export class StoreProbe {
  readonly #parts: StoreProbeParts;

  constructor(parts: StoreProbeParts) {
    this.#parts = parts;
  }

  /** As the control plane itself does it. */
  async direct(signal: AbortSignal): Promise<StoreTrial> {
    const { store } = this.#parts;
    return this.#trial(signal, async (key, content, on) => {
      await on('write', store.put(key, content, { signal }));
      const read = await on('read', textOf(store.read(key, { signal })));
      await on('delete', store.delete(key, { signal }));
      const cleared = await on('list', this.#clear(signal));
      if (read === content) return { refused: null, wrong: null, cleared };
      return { refused: null, wrong: 'What was read back is not what had been written.' };
    });
  }

  /** As a machine does it, which holds no key. */
  async presigned(signal: AbortSignal): Promise<StoreTrial> {
    const { store } = this.#parts;
    return this.#trial(signal, async (key, content, on) => {
      const up = await store.uploadUrl(key, { expiresInSecs });
      await on('upload by a presigned URL', this.#http('PUT', up, content, signal));
      const down = await store.downloadUrl(key, { expiresInSecs });
      const read = await on('download by a presigned URL', this.#http('GET', down, undefined, signal));
      if (read === content) return { refused: null, wrong: null, cleared: 0 };
      return { refused: null, wrong: 'What came down by a presigned URL is not what had gone up.' };
    });
  }

  async #trial(
    signal: AbortSignal,
    attempt: (key: string, content: string, on: <T>(step: Step, work: Promise<T>) => Promise<T>) => Promise<StoreTrial>,
  ): Promise<StoreTrial> {
    const key = `${prefix}${this.#parts.nowMs()}-${randomBytes(8).toString('hex')}`;
    let at: Step = 'write';
    const on = <T>(step: Step, work: Promise<T>) => {
      at = step;
      return work;
    };
    try {
      return await attempt(key, JSON.stringify({ written_by: 'valet doctor', key }), on);
    } catch (thrown) {
      signal.throwIfAborted();
      return { refused: refusalOf(at, thrown), wrong: null };
    } finally {
      // Also what may have arrived although nobody said so; by a clock of its own, since the check's may have run out.
      const soon = AbortSignal.timeout(tidyTimeoutMs);
      await this.#parts.store.delete(key, { signal: soon }).catch(() => undefined);
    }
  }

  /** What a check that was killed had no time to take away. */
  async #clear(signal: AbortSignal): Promise<number> {
    const { store, nowMs } = this.#parts;
    const keys = await store.list(prefix, { maxKeys: maxLeftovers, signal });
    const old = keys.filter((key) => nowMs() - madeAtMs(key) > leftoverMs).slice(0, maxCleared);
    for (const key of old) await store.delete(key, { signal });
    return old.length;
  }

  /** @throws Error with the status and the store's name for what was wrong; never the address, which is a key */
  async #http(method: 'GET' | 'PUT', url: string, body: string | undefined, signal: AbortSignal): Promise<string> {
    const dispatcher = await this.#parts.connections.dispatcher();
    const bounds = { timeoutMs: httpTimeoutMs, maxBodyBytes: maxAnswerBytes, signal };
    const answer = await exchange({ dispatcher, method, url: new URL(url), headers: {}, body, ...bounds });
    if (answer.status >= 200 && answer.status < 300) return answer.text;
    throw new Refused(answer.status, /<Code>(\w+)<\/Code>/.exec(answer.text)?.[1] ?? 'without a reason');
  }
}

class Refused extends Error {
  readonly status: number;

  constructor(status: number, reason: string) {
    super(reason);
    this.status = status;
  }
}

function madeAtMs(key: string): number {
  return Number(new RegExp(`^${prefix}(\\d{13})-`).exec(key)?.[1] ?? Number.NaN);
}

function refusalOf(step: Step, thrown: unknown): StoreRefusal {
  if (thrown instanceof Refused) return { step, status: thrown.status, reason: thrown.message };
  const error = asError(thrown);
  const details = error instanceof ValetError ? (error.details ?? {}) : {};
  if (typeof details.status === 'number') return { step, status: details.status, reason: String(details.reason) };
  return { step, status: null, reason: (error.cause === undefined ? error : asError(error.cause)).message };
}

async function textOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const all: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    all.push(chunk);
    bytes += chunk.byteLength;
    if (bytes > maxAnswerBytes) break;
  }
  return Buffer.concat(all).toString('utf8');
}
