import { Flags } from '@oclif/core';
import { ValetError } from '../sdk/errors.js';
import type { Surroundings } from './environment.js';
import { OwnError } from './failure/own-error.js';

export const approvalFlags = {
  yes: Flags.boolean({ char: 'y', description: 'Do it without asking.', exclusive: ['dry-run'] }),
  'dry-run': Flags.boolean({ description: 'Only show what it would do.' }),
};

type Person = NonNullable<Surroundings['askPerson']>;

/**
 * Who can be asked. With --json it is a program that reads.
 *
 * @throws ValetError `request_invalid` where there is nobody
 */
export function personToAsk({ askPerson }: Surroundings, isJson: boolean): Person {
  if (askPerson !== undefined && !isJson) return askPerson;
  throw new ValetError('request_invalid', 'This destroys something, and there is nobody here to ask.', {
    hint: 'Give --yes to do it, or --dry-run to see what it would do.',
  });
}

/** @throws OwnError `declined` for anything but a yes */
export async function demandYes(person: Person, question: string, signal: AbortSignal): Promise<void> {
  const answer = await person(`${question} [y/N] `, signal);
  signal.throwIfAborted();
  if (/^y(es)?$/i.test(answer.trim())) return;
  throw new OwnError('declined', 'Nothing was done.', { hint: 'Type "y" to go on, or give --yes.' });
}
