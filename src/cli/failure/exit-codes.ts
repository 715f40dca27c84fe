import type { ErrorCode } from '../../sdk/errors.js';

/** What a script can tell apart. docs/cli.md describes them; 69, 77 and 78 are those of sysexits.h. */
export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  notFound: 3,
  refused: 4,
  temporary: 5,
  partly: 6,
  unhealthy: 7,
  nothing: 10,
  unavailable: 69,
  unauthorized: 77,
  config: 78,
  hungUp: 129,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitName = keyof typeof exitCodes;
export type ExitCode = (typeof exitCodes)[ExitName];

export const exitNames: Readonly<Record<ErrorCode, ExitName>> = {
  archive_failed: 'failed',
  archive_unproven: 'failed',
  cannot_restore: 'refused',
  config_invalid: 'config',
  database_not_migrated: 'config',
  database_unavailable: 'unavailable',
  environment_mismatch: 'config',
  fly_failed: 'failed',
  fuse_blown: 'refused',
  idempotency_conflict: 'refused',
  internal: 'failed',
  local_platform_failed: 'failed',
  machine_busy: 'temporary',
  machine_refused: 'failed',
  machine_unreachable: 'temporary',
  no_machine: 'temporary',
  not_found: 'notFound',
  overloaded: 'temporary',
  port_in_use: 'failed',
  project_deleted: 'notFound',
  project_id_invalid: 'usage',
  project_id_taken: 'refused',
  project_lost: 'refused',
  project_not_found: 'notFound',
  rate_limited: 'temporary',
  request_invalid: 'usage',
  restore_failed: 'failed',
  state_changed: 'temporary',
  store_failed: 'failed',
  transition_refused: 'refused',
  unauthorized: 'unauthorized',
  valet_unreachable: 'unavailable',
  wake_failed: 'failed',
  wake_timeout: 'temporary',
};

export function exitCodeOf(code: ErrorCode): ExitCode {
  return exitCodes[exitNames[code]];
}
