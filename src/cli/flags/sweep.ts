import { Flags } from '@oclif/core';
import type { SweepOptions } from '../../sdk/resources.js';
import { parseDuration } from '../text/duration.js';

/** The same for plan and run, so that one shows what the other would do. */
export const sweepFlags = {
  'older-than': Flags.string({
    description: "Without use for at least this long (default: each project's own, or DORMANCY_THRESHOLD_DAYS).",
    helpValue: '7d|12h|30s',
  }),
  limit: Flags.integer({ description: 'Archive at most so many.', default: 100, min: 1, max: 1000 }),
};

export function sweepOptions(flags: {
  readonly 'older-than': string | undefined;
  readonly limit: number;
  readonly concurrency?: number | undefined;
}): SweepOptions {
  const { 'older-than': olderThan, limit, concurrency } = flags;
  return {
    limit,
    ...(olderThan !== undefined && { older_than_secs: parseDuration(olderThan) }),
    ...(concurrency !== undefined && { concurrency }),
  };
}
