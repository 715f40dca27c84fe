import type { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { type StoreOperation, statusOf, storeFailed } from './errors.js';
import { type Measured, writeMeasured } from './measured-file.js';

/** Which bucket, and with whose keys. */
export interface ArchiveStoreOptions {
  /** Of R2: `https://<account>.r2.cloudflarestorage.com`. Source: https://developers.cloudflare.com/r2/api/s3/api/ */
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly bucket: string;
  /** R2 knows only `auto`. */
  readonly region?: string;
}

/** How long a presigned address is good. */
export interface SignOptions {
  /** How long the address is good for: 1 to 604 800, 900 if left out. Source: https://developers.cloudflare.com/r2/api/s3/presigned-urls/ */
  readonly expiresInSecs?: number;
  readonly signal?: AbortSignal | undefined;
}

/** How much may be downloaded. */
export interface DownloadOptions {
  /** A larger object is an error, and not written further. */
  readonly maxBytes: number;
  readonly signal?: AbortSignal | undefined;
}

/** How many keys may be listed. */
export interface ListOptions {
  /** More than this many are an error: a list that is cut off must not pass for a whole one. */
  readonly maxKeys: number;
  readonly signal?: AbortSignal | undefined;
}

/** What the store says of an object, without reading it. */
export interface StoredObject {
  /** In bytes. */
  readonly size: number;
  readonly modifiedAt: Date | null;
}

const connectionTimeoutMs = 5_000;
/** Of silence, not of the whole transfer. */
const socketTimeoutMs = 30_000;
const maxTries = 3;
const defaultExpirySecs = 900;

/**
 * R2, or any S3. The S3 client is large, so it is loaded by the first call that needs it.
 * @throws ValetError `store_failed` (details: operation, key, status)
 */
export class ArchiveStore implements AsyncDisposable {
  readonly #options: ArchiveStoreOptions;
  #client: Promise<S3Client> | null = null;

  constructor(options: ArchiveStoreOptions) {
    this.#options = options;
  }

  /** An address to which anyone may PUT this one object for a while. It is a key: never to be logged. */
  async uploadUrl(key: string, options: SignOptions = {}): Promise<string> {
    const { PutObjectCommand } = await import('@aws-sdk/client-s3');
    return await this.#sign(key, new PutObjectCommand(this.#object(key)), options);
  }

  /** An address from which anyone may GET this one object for a while. It is a key: never to be logged. */
  async downloadUrl(key: string, options: SignOptions = {}): Promise<string> {
    const { GetObjectCommand } = await import('@aws-sdk/client-s3');
    return await this.#sign(key, new GetObjectCommand(this.#object(key)), options);
  }

  /**
   * Streams the object into a new file, which must not exist; a failed download leaves what it wrote.
   * @returns what was really written, measured by us
   */
  async download(key: string, toFile: string, { maxBytes, signal }: DownloadOptions): Promise<Measured> {
    const { GetObjectCommand } = await import('@aws-sdk/client-s3');
    const client = await this.#connect();
    try {
      const answer = await client.send(new GetObjectCommand(this.#object(key)), abortable(signal));
      if (answer.Body === undefined) throw new Error('the answer has no body');
      const body = answer.Body.transformToWebStream();
      return await writeMeasured(body, toFile, { maxBytes, expectedBytes: answer.ContentLength ?? null, signal });
    } catch (error) {
      signal?.throwIfAborted();
      throw this.#failed('download', key, error);
    }
  }

  /**
   * The object's bytes as they arrive. Whoever stops reading ends the transfer.
   * @throws ValetError `store_failed`, at once or in the middle
   */
  async *read(key: string, { signal }: { readonly signal?: AbortSignal | undefined } = {}): AsyncGenerator<Uint8Array> {
    const { GetObjectCommand } = await import('@aws-sdk/client-s3');
    const client = await this.#connect();
    try {
      const answer = await client.send(new GetObjectCommand(this.#object(key)), abortable(signal));
      if (answer.Body === undefined) throw new Error('the answer has no body');
      yield* answer.Body.transformToWebStream();
    } catch (error) {
      signal?.throwIfAborted();
      throw this.#failed('download', key, error);
    }
  }

  /** Null if there is no such object. */
  async head(key: string, options: { readonly signal?: AbortSignal | undefined } = {}): Promise<StoredObject | null> {
    const { HeadObjectCommand } = await import('@aws-sdk/client-s3');
    const client = await this.#connect();
    try {
      const answer = await client.send(new HeadObjectCommand(this.#object(key)), abortable(options.signal));
      if (answer.ContentLength === undefined) throw new Error('the answer has no length');
      return { size: answer.ContentLength, modifiedAt: answer.LastModified ?? null };
    } catch (error) {
      options.signal?.throwIfAborted();
      if (statusOf(error) === 404) return null;
      throw this.#failed('head', key, error);
    }
  }

  /** A small object, from memory. Replaces what has the same key. */
  async put(key: string, body: string, options: { readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    const { PutObjectCommand } = await import('@aws-sdk/client-s3');
    const client = await this.#connect();
    try {
      await client.send(new PutObjectCommand({ ...this.#object(key), Body: body }), abortable(options.signal));
    } catch (error) {
      options.signal?.throwIfAborted();
      throw this.#failed('put', key, error);
    }
  }

  /** All keys that begin with the prefix, in their order. */
  async list(prefix: string, { maxKeys, signal }: ListOptions): Promise<string[]> {
    const keys: string[] = [];
    let after: string | undefined;
    do {
      const page = await this.#page(prefix, after, signal);
      keys.push(...page.keys);
      after = page.next;
      if (keys.length > maxKeys || (keys.length === maxKeys && after !== undefined))
        throw this.#failed('list', prefix, new Error(`there are more than ${maxKeys} objects`));
    } while (after !== undefined);
    return keys;
  }

  /** Success if there is no such object. */
  async delete(key: string, options: { readonly signal?: AbortSignal | undefined } = {}): Promise<void> {
    const { DeleteObjectCommand } = await import('@aws-sdk/client-s3');
    const client = await this.#connect();
    try {
      await client.send(new DeleteObjectCommand(this.#object(key)), abortable(options.signal));
    } catch (error) {
      options.signal?.throwIfAborted();
      if (statusOf(error) !== 404) throw this.#failed('delete', key, error);
    }
  }

  /** Ends calls in flight. Idempotent; a later call connects again. */
  async close(): Promise<void> {
    const opened = this.#client;
    this.#client = null;
    const client = await opened;
    client?.destroy();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #page(prefix: string, after: string | undefined, signal: AbortSignal | undefined) {
    const { ListObjectsV2Command } = await import('@aws-sdk/client-s3');
    const client = await this.#connect();
    const wanted = { Bucket: this.#options.bucket, Prefix: prefix, StartAfter: after };
    try {
      const answer = await client.send(new ListObjectsV2Command(wanted), abortable(signal));
      const keys = (answer.Contents ?? []).flatMap(({ Key }) => (Key === undefined ? [] : [Key]));
      return { keys, next: answer.IsTruncated === true ? keys.at(-1) : undefined };
    } catch (error) {
      signal?.throwIfAborted();
      throw this.#failed('list', prefix, error);
    }
  }

  async #sign(
    key: string,
    command: GetObjectCommand | PutObjectCommand,
    { expiresInSecs = defaultExpirySecs, signal }: SignOptions,
  ) {
    signal?.throwIfAborted();
    const { getSignedUrl } = await import('@aws-sdk/s3-request-presigner');
    const client = await this.#connect();
    try {
      return await getSignedUrl(client, command, { expiresIn: expiresInSecs });
    } catch (error) {
      throw this.#failed('sign', key, error);
    }
  }

  #connect(): Promise<S3Client> {
    this.#client ??= createClient(this.#options);
    return this.#client;
  }

  #object(key: string) {
    return { Bucket: this.#options.bucket, Key: key };
  }

  #failed(operation: StoreOperation, key: string, error: unknown) {
    return storeFailed(operation, this.#options.bucket, key, error);
  }
}

async function createClient(options: ArchiveStoreOptions): Promise<S3Client> {
  const { S3Client } = await import('@aws-sdk/client-s3');
  const { endpoint, accessKeyId, secretAccessKey } = options;
  return new S3Client({
    endpoint,
    region: options.region ?? 'auto',
    credentials: { accessKeyId, secretAccessKey },
    forcePathStyle: true,
    maxAttempts: maxTries,
    requestHandler: { connectionTimeout: connectionTimeoutMs, socketTimeout: socketTimeoutMs },
    // The client's newer checksums are unknown to R2 in part, and a presigned upload would have to send them.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
}

function abortable(signal: AbortSignal | undefined): { abortSignal?: AbortSignal } {
  return signal === undefined ? {} : { abortSignal: signal };
}
