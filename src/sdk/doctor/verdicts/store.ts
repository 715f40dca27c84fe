import { failure, ok, type Verdict } from '../finding.js';

/** What the store said no to. */
export interface StoreRefusal {
  readonly step: 'write' | 'read' | 'delete' | 'list' | 'upload by a presigned URL' | 'download by a presigned URL';
  readonly status: number | null;
  /** The name of the refusal as S3 has it, such as `NoSuchBucket`; else of the error. */
  readonly reason: string;
}

export type StoreTrial =
  | { readonly refused: null; readonly wrong: null; readonly cleared: number }
  | { readonly refused: StoreRefusal; readonly wrong: null }
  /** It answered, with something else than what had been written. */
  | { readonly refused: null; readonly wrong: string };

export interface StorePlace {
  readonly endpoint: string;
  readonly bucket: string;
}

export function judgeStore(place: StorePlace, trial: StoreTrial): Verdict {
  return (
    faultOf(place, trial) ??
    ok(`Bucket ${place.bucket}: an object was written, read back and deleted${cleared(trial)}.`)
  );
}

export function judgePresigned(place: StorePlace, trial: StoreTrial): Verdict {
  return faultOf(place, trial) ?? ok('An object went up and came down by presigned URLs, as machines use them.');
}

function cleared(trial: StoreTrial): string {
  if (!('cleared' in trial) || trial.cleared === 0) return '';
  return `, and ${trial.cleared} left behind by earlier checks ${trial.cleared === 1 ? 'was' : 'were'} removed`;
}

function faultOf(place: StorePlace, { refused, wrong }: StoreTrial): Verdict | undefined {
  if (wrong !== null)
    return failure(wrong, 'Check that R2_ENDPOINT is an S3 store, with nothing in between that answers for it.');
  if (refused === null) return undefined;
  const { step, status, reason } = refused;
  const said = status === null ? reason : `${status} ${reason}`;
  return failure(`Bucket ${place.bucket} does not let us ${step}: ${said}.`, mendOf(place, refused));
}

/** Names: docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html; of R2 developers.cloudflare.com/r2/api/error-codes. */
function mendOf({ endpoint, bucket }: StorePlace, { step, status, reason }: StoreRefusal): string {
  if (/RequestTimeTooSkewed|RequestExpired|ExpiredRequest/.test(reason)) {
    return "Set this computer's clock by the network (NTP): R2 refuses what is signed 15 minutes off.";
  }
  if (/NoSuchBucket/.test(reason) || status === 404) {
    return `Create bucket ${bucket}, or set R2_BUCKET to one that is there; R2_ENDPOINT must name its account.`;
  }
  if (/InvalidAccessKeyId|InvalidArgument|Unauthorized/.test(reason) || status === 401) {
    return 'Set R2_ACCESS_KEY_ID to the key of an R2 token that still exists.';
  }
  if (/SignatureDoesNotMatch/.test(reason)) {
    return 'Set R2_SECRET_ACCESS_KEY to the secret that belongs to R2_ACCESS_KEY_ID.';
  }
  if (status === 403) {
    return step === 'read' || step.startsWith('download')
      ? `Give the key "Object Read & Write" on bucket ${bucket}: it may not read.`
      : `Give the key "Object Read & Write" on bucket ${bucket}.`;
  }
  return `Check R2_ENDPOINT (${endpoint}) and the way there.`;
}
