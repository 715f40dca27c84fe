import { z } from 'zod';
import type { ErrorCode } from '../errors.js';

/** Errors on the wire, on both sides of it: RFC 9457 problem details with our code and what goes with it. */
export const problemSchema = z.object({
  type: z.string().meta({ description: 'A URN that names the code.' }),
  title: z.string(),
  status: z.number().int(),
  code: z.string().meta({ description: 'Stable: what a program should look at.' }),
  detail: z.string().meta({ description: 'What happened, to what.' }),
  hint: z.string().optional().meta({ description: 'What to do next.' }),
  retry_after_secs: z.number().optional(),
  details: z.record(z.string(), z.unknown()).optional(),
  request_id: z.string().optional(),
});
export type Problem = z.infer<typeof problemSchema>;

export const problemMediaType = 'application/problem+json';

const codes: Record<ErrorCode, true> = {
  archive_failed: true,
  archive_unproven: true,
  cannot_restore: true,
  config_invalid: true,
  database_not_migrated: true,
  database_unavailable: true,
  environment_mismatch: true,
  fly_failed: true,
  fuse_blown: true,
  idempotency_conflict: true,
  internal: true,
  local_platform_failed: true,
  machine_busy: true,
  machine_refused: true,
  machine_unreachable: true,
  no_machine: true,
  not_found: true,
  overloaded: true,
  port_in_use: true,
  project_deleted: true,
  project_id_invalid: true,
  project_id_taken: true,
  project_lost: true,
  project_not_found: true,
  rate_limited: true,
  request_invalid: true,
  restore_failed: true,
  state_changed: true,
  store_failed: true,
  transition_refused: true,
  unauthorized: true,
  valet_unreachable: true,
  wake_failed: true,
  wake_timeout: true,
};

/** Whether this version knows the code; a newer server may send others. */
export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(codes, text);
}
