import { createHmac } from 'node:crypto';

/**
 * The secret that one machine and the control plane share: `VALET_INTERNAL_SECRET` in the machine's environment. It is
 * derived and never stored, and it is good for one machine, since a machine can read its own environment.
 * @param machineName our unique name of the machine, which is never used again
 * @returns 43 characters of base64url
 */
export function deriveMachineSecret(internalSecret: string, machineName: string): string {
  return createHmac('sha256', internalSecret).update(`valet machine secret\n${machineName}`).digest('base64url');
}
