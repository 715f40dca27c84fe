import { createHash } from 'node:crypto';
import { createReadStream, openAsBlob } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Limits } from './limits.js';
import { Problem } from './problem.js';

export interface Measure {
  readonly size: number;
  readonly sha256: string;
}

/**
 * Streams an archive to a file, flushed to disk, and measures it on the way.
 * @throws Problem 502 `download_failed`, 422 `archive_too_large`
 */
export async function download(url: string, path: string, limits: Limits, signal: AbortSignal): Promise<Measure> {
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(limits.downloadTimeoutMs)]);
  try {
    const response = await fetch(url, {
      redirect: 'error',
      headers: { 'accept-encoding': 'identity' },
      signal: bounded,
    });
    if (!response.ok || response.body === null) {
      await response.body?.cancel();
      throw new Problem(502, 'download_failed', `The store answered the download with ${response.status}.`);
    }
    const meter = new Meter(limits.maxArchiveBytes);
    // Opened here: a stream that is given up before it has opened its file would make it after it was removed.
    const file = (await open(path, 'w')).createWriteStream({ flush: true });
    await pipeline(response.body, (chunks: AsyncIterable<Uint8Array>) => meter.pass(chunks), file, { signal: bounded });
    return meter.measure();
  } catch (error) {
    if (signal.aborted || error instanceof Problem) throw error;
    throw new Problem(502, 'download_failed', `The download broke off: ${faultOf(error)}.`, { cause: error });
  }
}

export async function measureFile(path: string, signal: AbortSignal): Promise<Measure> {
  const meter = new Meter(Number.POSITIVE_INFINITY);
  for await (const _ of meter.pass(createReadStream(path, { signal }))) signal.throwIfAborted();
  return meter.measure();
}

class Meter {
  readonly #maxBytes: number;
  readonly #hash = createHash('sha256');
  #size = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  async *pass(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      this.#size += chunk.byteLength;
      if (this.#size > this.#maxBytes) throw tooLarge(this.#maxBytes);
      this.#hash.update(chunk);
      yield chunk;
    }
  }

  measure(): Measure {
    return { size: this.#size, sha256: this.#hash.digest('hex') };
  }
}

export function tooLarge(maxBytes: number): Problem {
  return new Problem(422, 'archive_too_large', `The archive is larger than ${maxBytes} bytes.`);
}

/**
 * Puts a file to a presigned URL, with its Content-Length since S3 refuses chunked bodies. Connection faults and answers
 * that may be better next time are tried again.
 * @throws Problem 502 `upload_failed`
 */
export async function upload(path: string, url: string, limits: Limits, signal: AbortSignal): Promise<void> {
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(limits.uploadTimeoutMs)]);
  let fault = '';
  for (let attempt = 1; attempt <= limits.maxUploadTries; attempt++) {
    const outcome = await putOnce(path, url, bounded);
    signal.throwIfAborted();
    if (outcome.kind === 'done') return;
    fault = outcome.fault;
    if (outcome.kind === 'refused' || bounded.aborted || attempt === limits.maxUploadTries) break;
    await delay(limits.uploadBackoffMs * 2 ** (attempt - 1), undefined, { signal: bounded }).catch(() => undefined);
  }
  throw new Problem(502, 'upload_failed', `The archive was not uploaded: ${fault}.`);
}

type PutOutcome = { readonly kind: 'done' } | { readonly kind: 'refused' | 'again'; readonly fault: string };

async function putOnce(path: string, url: string, signal: AbortSignal): Promise<PutOutcome> {
  try {
    // A blob of known size makes fetch send Content-Length, and is read afresh from the file on each try.
    const response = await fetch(url, { method: 'PUT', body: await openAsBlob(path), redirect: 'error', signal });
    await response.body?.cancel();
    if (response.ok) return { kind: 'done' };
    const again = response.status >= 500 || response.status === 408 || response.status === 429;
    return { kind: again ? 'again' : 'refused', fault: `the store answered ${response.status}` };
  } catch (error) {
    return { kind: 'again', fault: faultOf(error) };
  }
}

/** What went wrong with a connection, without the message: that may hold the presigned URL. */
function faultOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown fault';
  const { cause } = error;
  if (cause instanceof Error) return 'code' in cause ? String(cause.code) : cause.name;
  return error.name;
}
