import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

/** What was written, measured on its way. */
export interface Measured {
  readonly size: number;
  /** In lower-case hexadecimal. */
  readonly sha256: string;
}

export interface MeasureOptions {
  readonly maxBytes: number;
  /** What the sender announced; fewer means that the transfer broke off. */
  readonly expectedBytes: number | null;
  readonly signal?: AbortSignal | undefined;
}

/** Writes a stream to a new file and measures exactly what is written. */
export async function writeMeasured(
  body: AsyncIterable<Uint8Array>,
  toFile: string,
  options: MeasureOptions,
): Promise<Measured> {
  const hash = createHash('sha256');
  let size = 0;
  async function* measure(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      size += chunk.byteLength;
      if (size > options.maxBytes) throw new Error(`the object is larger than ${options.maxBytes} bytes`);
      hash.update(chunk);
      yield chunk;
    }
  }
  const file = createWriteStream(toFile, { flags: 'wx', mode: 0o600 });
  await pipeline(body, measure, file, options.signal === undefined ? {} : { signal: options.signal });
  if (options.expectedBytes !== null && size !== options.expectedBytes) {
    throw new Error(`${size} of ${options.expectedBytes} bytes arrived`);
  }
  return { size, sha256: hash.digest('hex') };
}
