import type { Valet } from '../sdk/valet.js';
import { approvalFlags, demandYes, personToAsk } from './approval.js';
import { ValetCommand, type ValetFlags } from './valet-command.js';

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

interface ApprovalFlags extends ValetFlags {
  readonly yes: boolean;
  readonly 'dry-run': boolean;
}

/** A command that destroys: it shows what it is about to do and asks a person, or is told --yes. */
export abstract class DestructiveCommand extends ValetCommand {
  static override baseFlags = {
    ...ValetCommand.baseFlags,
    ...approvalFlags,
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
      const { text, shown } = await this.ask(flags, (valet, signal) => planned(valet, signal, plan));
      this.print(text);
      return shown;
    }
    const person = personToAsk(this.surroundings, this.jsonEnabled());
    return this.ask(flags, async (valet, signal) => {
      const { text, question } = await planned(valet, signal, plan);
      this.tell(`${text}\n`);
      await demandYes(person, question, signal);
      return act(valet, signal);
    });
  }
}

/** The plan, below the name of where it would be carried out. */
async function planned<Shown>(
  valet: Valet,
  signal: AbortSignal,
  plan: Work<Shown, unknown>['plan'],
): Promise<Plan<Shown>> {
  const [{ environment }, asked] = await Promise.all([valet.installation({ signal }), plan(valet, signal)]);
  return { ...asked, text: `environment: ${environment}\n\n${asked.text}` };
}
