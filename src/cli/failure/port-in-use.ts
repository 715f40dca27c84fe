import type { CoreConfig } from '../../sdk/config.js';
import { ValetError } from '../../sdk/errors.js';

/** A refused listen, said with the variable to change; anything else is handed back as it is. */
export function explainPortInUse(thrown: unknown, config: Pick<CoreConfig, 'host' | 'port' | 'privatePort'>): unknown {
  const refusal = thrown instanceof ValetError ? thrown.cause : thrown;
  if (!(refusal instanceof Error) || !('code' in refusal) || refusal.code !== 'EADDRINUSE') return thrown;
  const isPrivate = 'port' in refusal && refusal.port === config.privatePort;
  const variable = isPrivate ? 'CONTROL_PLANE_PRIVATE_PORT' : 'CONTROL_PLANE_PORT';
  const port = isPrivate ? config.privatePort : config.port;
  return new ValetError('port_in_use', `Port ${port} (${variable}) on ${config.host} is taken by another program.`, {
    hint: `Stop that program, or set ${variable} to another port; 0 takes a free one.`,
    details: { port, variable },
    cause: thrown,
  });
}
