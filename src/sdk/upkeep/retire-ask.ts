import type { WholeMachine } from '../database/machines.js';
import type { QuarantineTable } from '../database/quarantine.js';
import type { RetiringRow, RetiringTable } from '../database/retiring.js';
import { asError, codeOf, ValetError } from '../errors.js';
import type { MachineIdentity, MachineProtocol } from '../machines/protocol.js';
import { type MachineStarter, targetOf } from '../pool/starter.js';
import { isUnaskable, retireBackoffSecs } from './retire-step.js';

export interface FarewellParts {
  readonly retiring: Pick<RetiringTable, 'cleared' | 'postpone'>;
  readonly quarantine: Pick<QuarantineTable, 'contradiction'>;
  readonly starter: Pick<MachineStarter, 'speak'>;
  readonly protocol: Pick<MachineProtocol, 'status'>;
  readonly actor: string;
}

type Answer =
  | { readonly kind: 'says'; readonly says: MachineIdentity }
  /** Gone at Fly, or a basic server: it has nothing to say. */
  | { readonly kind: 'mute'; readonly why: string }
  | { readonly kind: 'silent'; readonly error: Error };

/**
 * The question that a machine is asked before it is destroyed: whom do you serve? Its row may be wrong, most of all in a
 * database that was restored. One that contradicts its row is put in quarantine, and nothing of it is destroyed (G13).
 */
export class Farewell {
  readonly #parts: FarewellParts;

  constructor(parts: FarewellParts) {
    this.#parts = parts;
  }

  async ask(row: RetiringRow & WholeMachine, pass: AbortSignal, signal: AbortSignal): Promise<void> {
    const { retiring, quarantine, actor } = this.#parts;
    const answer = await this.#answerOf(row, pass, signal);
    if (answer.kind === 'mute') return retiring.cleared(row.id, actor, answer.why);
    if (answer.kind === 'silent') {
      const { message } = answer.error;
      if (isUnaskable(row)) return retiring.cleared(row.id, actor, `it could not be asked: ${message}`);
      return retiring.postpone(row.id, retireBackoffSecs(row.attempts), message);
    }
    if (await quarantine.contradiction(row, answer.says, actor)) return;
    await retiring.cleared(row.id, actor, 'it serves nobody whom its row does not know');
  }

  async #answerOf(row: WholeMachine, pass: AbortSignal, signal: AbortSignal): Promise<Answer> {
    const { starter, protocol } = this.#parts;
    try {
      const status = await starter.speak(row, () => protocol.status(targetOf(row), { signal }), signal);
      if (status.kind === 'basic') return { kind: 'mute', why: 'its server does not say whom it serves' };
      return { kind: 'says', says: { project_id: status.project_id, epoch: status.epoch } };
    } catch (error) {
      pass.throwIfAborted();
      if (codeOf(error) === 'no_machine') return { kind: 'mute', why: 'it is gone at Fly' };
      if (refusesSecret(error)) return { kind: 'says', says: { refused: 'secret' } };
      return { kind: 'silent', error: asError(error) };
    }
  }
}

function refusesSecret(error: unknown): boolean {
  return error instanceof ValetError && error.code === 'machine_refused' && error.details?.status === 401;
}
