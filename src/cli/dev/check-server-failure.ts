import { asError, type ErrorCode, ValetError } from '../../sdk/errors.js';

const codes: Readonly<Record<string, ErrorCode>> = {
  unreachable: 'machine_unreachable',
  unauthorized: 'unauthorized',
  owned: 'request_invalid',
  not_listening: 'port_in_use',
  restart_failed: 'local_platform_failed',
};

/** Why a server was not checked, with the way out. What is none of its faults is handed back as it is. */
export function explainCheckFailure(thrown: unknown): unknown {
  const error = asError(thrown);
  const code = 'kind' in error && typeof error.kind === 'string' ? codes[error.kind] : undefined;
  if (code === undefined) return thrown;
  const hint = 'hint' in error && typeof error.hint === 'string' ? { hint: error.hint } : {};
  return new ValetError(code, error.message, { ...hint, cause: error });
}
