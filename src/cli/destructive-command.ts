import { Flags } from '@oclif/core';
import { ValetError } from '../sdk/errors.js';
import type { Valet } from '../sdk/valet.js';
import { OwnError } from './own-error.js';
import { ValetCommand } from './valet-command.js';

export interface Plan<Shown> {
  /** What would be done and to what, for people. */
  readonly text: string;
  /** "Delete project demo?" */
  readonly question: string;
  /** What --dry-run returns: the things as they are now. */
  readonly shown: Shown;
}

interface Work<Shown, Done> {
  readonly plan: (valet: Valet, signal: AbortSignal) => Promise<Plan<Shown>>;
  readonly act: (valet: Valet, signal: AbortSignal) => Promise<Done>;
}

interface ApprovalFlags {
  readonly url: string | undefined;
  readonly yes: boolean;
  readonly 'dry-run': boolean;
}

/** A command that destroys: it shows what it is about to do and asks a person, or is told --yes. */
export abstract class DestructiveCommand extends ValetCommand {
  static override baseFlags = {
    ...ValetCommand.baseFlags,
    yes: Flags.boolean({ char: 'y', description: 'Do it without asking.', exclusive: ['dry-run'] }),
    'dry-run': Flags.boolean({ description: 'Only show what it would do.' }),
  };

  /**
   * @throws ValetError `request_invalid` where nobody can be asked, before Valet is
   * @throws OwnError `declined`
   */
  protected async askApproved<Shown, Done>(
    flags: ApprovalFlags,
    { plan, act }: Work<Shown, Done>,
  ): Promise<Shown | Done> {
    if (flags.yes) return this.ask(flags, act);
    if (flags['dry-run']) {
      const { text, shown } = await this.ask(flags, plan);
      this.print(text);
      return shown;
    }
    const askPerson = this.#person();
    return this.ask(flags, async (valet, signal) => {
      const { text, question } = await plan(valet, signal);
      this.tell(`${text}\n`);
      const answer = await askPerson(`${question} [y/N] `, signal);
      signal.throwIfAborted();
      if (/^y(es)?$/i.test(answer.trim())) return act(valet, signal);
      throw new OwnError('declined', 'Nothing was done.', { hint: 'Type "y" to go on, or give --yes.' });
    });
  }

  #person() {
    const { askPerson } = this.surroundings;
    // With --json it is a program that reads.
    if (askPerson !== undefined && !this.jsonEnabled()) return askPerson;
    throw new ValetError('request_invalid', 'This destroys something, and there is nobody here to ask.', {
      hint: 'Give --yes to do it, or --dry-run to see what it would do.',
    });
  }
}
