import { asError, ValetError } from '../errors.js';

export type StoreOperation = 'sign' | 'download' | 'head' | 'put' | 'list' | 'delete';

/** @param failure whatever the S3 client threw */
export function storeFailed(operation: StoreOperation, bucket: string, key: string, failure: unknown): ValetError {
  if (failure instanceof ValetError) return failure;
  const status = statusOf(failure);
  const cause = asError(failure);
  const answered = status === null ? cause.name : `${status} ${cause.name}`;
  return new ValetError(
    'store_failed',
    `The object store did not ${operation} ${key} in bucket ${bucket}: ${answered}.`,
    {
      hint: hintFor(status),
      // The name of the refusal, such as NoSuchBucket.
      details: { operation, bucket, key, status, reason: cause.name },
      // Refusals of S3 carry the signature and the string that was signed as properties; a log would print them.
      cause: new Error(withoutAddresses(`${cause.name}: ${cause.message}`)),
    },
  );
}

export function statusOf(failure: unknown): number | null {
  if (typeof failure !== 'object' || failure === null || !('$metadata' in failure)) return null;
  const metadata = failure.$metadata;
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) return null;
  return typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : null;
}

function hintFor(status: number | null): string {
  if (status === 404) return 'The bucket or the object does not exist: check R2_BUCKET.';
  if (status === 401 || status === 403) return 'Check R2_ACCESS_KEY_ID, R2_SECRET_ACCESS_KEY and their rights.';
  return 'Check R2_ENDPOINT, then try again.';
}

function withoutAddresses(text: string): string {
  return text.replace(/https?:\/\/\S+/gi, '[address]');
}
