/// <reference path="./s3rver.d.ts" />
import { mkdir } from 'node:fs/promises';
import type { S3Context } from '@20minutes/s3rver';

export interface ObjectStoreOptions {
  /** Where the objects go. The folder stays when the store stops, so that a later start finds them again. */
  readonly dir: string;
  /** Made at start if it is not there. */
  readonly bucket: string;
  /** A free one by default. */
  readonly port?: number | undefined;
}

/** A running S3 server with one bucket. */
export interface ObjectStore extends AsyncDisposable {
  /** For clients with path-style addresses (`forcePathStyle`). */
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly bucket: string;
  /** Ends open connections. Repeatable. */
  stop(): Promise<void>;
}

/** The only pair of keys that the package knows. Its store listens on loopback alone. */
const fixedKey = 'S3RVER';

/**
 * A real S3 server from the npm package `@20minutes/s3rver`, on loopback, in the place of R2. Unlike R2 it
 * ignores checksums that a request carries, and keeps what came of an upload that broke off.
 * @throws Error when the optional package is not installed or the port is taken
 */
export async function startObjectStore(options: ObjectStoreOptions): Promise<ObjectStore> {
  const { dir, bucket } = options;
  const { default: S3rver } = await import('@20minutes/s3rver');
  await mkdir(dir, { recursive: true });
  const server = new S3rver({
    address: '127.0.0.1',
    port: options.port ?? 0,
    silent: true,
    directory: dir,
    vhostBuckets: false,
    configureBuckets: [{ name: bucket }],
  });
  server.middleware.splice(-1, 0, requireSignature, signBucketWithSlash(bucket));
  const { port } = await server.run();
  const stopOnce = async () => {
    const closed = server.close();
    server.httpServer.closeAllConnections();
    await closed;
  };
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= stopOnce();
    return stopping;
  };
  const keys = { accessKeyId: fixedKey, secretAccessKey: fixedKey };
  return { endpoint: `http://127.0.0.1:${port}`, ...keys, bucket, stop, [Symbol.asyncDispose]: stop };
}

/** The package checks signatures, but lets whoever brings none do everything. */
function requireSignature(context: S3Context, next: () => Promise<void>): Promise<void> {
  if (context.get('authorization') !== '' || 'X-Amz-Signature' in context.query) return next();
  context.status = 403;
  return Promise.resolve();
}

/**
 * For calls on the bucket itself (list, head, delete many) the SDK signs the path `/bucket/`, the package `/bucket`.
 * Taken for the root of a virtual host, the path keeps its slash there too.
 */
function signBucketWithSlash(bucket: string) {
  return (context: S3Context, next: () => Promise<void>): Promise<void> => {
    if (context.path === `/${bucket}/`) {
      context.state.vhost = true;
      context.mountPath = '/';
    }
    return next();
  };
}
