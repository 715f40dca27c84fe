import { Flags } from '@oclif/core';
import type { Environment } from '../../sdk/config.js';

/** Each stands for a variable and is held to its rule, so there is one place that checks. */
export const serveFlags = {
  port: Flags.string({ description: 'Instead of CONTROL_PLANE_PORT.', helpValue: '7000' }),
  host: Flags.string({ description: 'Instead of CONTROL_PLANE_HOST.', helpValue: '0.0.0.0' }),
  'private-port': Flags.string({ description: 'Instead of CONTROL_PLANE_PRIVATE_PORT.', helpValue: '7001' }),
  'log-level': Flags.string({ description: 'Instead of LOG_LEVEL.', helpValue: 'info' }),
};

type ServeFlags = { readonly [F in keyof typeof serveFlags]: string | undefined };

export function withServeFlags(env: Environment, flags: ServeFlags): Environment {
  const given = {
    CONTROL_PLANE_PORT: flags.port,
    CONTROL_PLANE_HOST: flags.host,
    CONTROL_PLANE_PRIVATE_PORT: flags['private-port'],
    LOG_LEVEL: flags['log-level'],
  };
  return { ...env, ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) };
}
