import pino from 'pino';
import type { CoreConfig } from '../sdk/config.js';
import type { Output } from './environment.js';

const secretFields = ['authorization', 'cookie', 'deploy_key', 'password', 'secret', 'token'];

/** Lines of JSON on stdout. The config's secrets redact themselves; this catches what arrives from outside. */
export function createLog(config: Pick<CoreConfig, 'logLevel' | 'instance'>, output: Pick<Output, 'write'>) {
  return pino(
    {
      level: config.logLevel,
      base: { instance: config.instance },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }) },
      redact: secretFields.flatMap((field) => [field, `*.${field}`, `*.headers.${field}`]),
    },
    { write: (line: string) => output.write(line) },
  );
}

export type Log = ReturnType<typeof createLog>;
