import { Flags } from '@oclif/core';

/** Of every command that lists. */
export const pageFlags = {
  limit: Flags.integer({ description: 'At most so many.', default: 50, min: 1, max: 500 }),
  cursor: Flags.string({ description: 'Where the page before left off.' }),
  quiet: Flags.boolean({ char: 'q', description: 'Print only ids, one per line.' }),
};
