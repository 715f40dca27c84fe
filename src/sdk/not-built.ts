import { ValetError } from './errors.js';

/** Stands where a call is declared whose answer is still being made. */
export async function notBuilt(): Promise<never> {
  throw new ValetError('internal', 'This call is not built yet.');
}
