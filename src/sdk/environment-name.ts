import { ValetError } from './errors.js';

/** Names the environment that a call is meant for, so that it does nothing in another. In lower case. */
export const environmentHeader = 'valet-environment';

/**
 * Before anything is done: who says which environment is meant is not served by another.
 *
 * @param meant undefined where nobody said
 * @throws ValetError `environment_mismatch`
 */
export function assertEnvironment(meant: string | undefined, actual: string): void {
  if (meant === undefined || meant === actual) return;
  throw new ValetError('environment_mismatch', `This is environment "${actual}", and "${meant}" was meant.`, {
    hint: 'Nothing was done. Correct --environment or VALET_ENVIRONMENT, or ask the other Valet.',
    details: { environment: actual, meant },
  });
}
