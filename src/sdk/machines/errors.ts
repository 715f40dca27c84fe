import { ValetError } from '../errors.js';
import type { Answer } from '../http/exchange.js';
import { type MachineRefusal, parseRefusal } from './answers.js';

/** The machine that is spoken to. */
export interface MachineTarget {
  readonly flyId: string;
  /** Our unique name; the machine's secret is derived from it. */
  readonly name: string;
}

export type MachineCall = 'status' | 'configure' | 'restore' | 'archive' | 'resume';

export function machineUnreachable(call: MachineCall, target: MachineTarget, why: string, cause?: unknown): ValetError {
  return new ValetError('machine_unreachable', `${titleOf(target)} did not answer ${call}: ${why}.`, {
    hint: 'Look at its state at Fly: the private name resolves only while it is started.',
    details: { call, fly_id: target.flyId, machine: target.name },
    cause,
  });
}

/**
 * Any answer that is a clear no. A 422 to a restore says that the archive is not what its checksum promises, a 404 that the
 * server cannot restore at all: no other machine would do better.
 */
export function machineRefused(call: MachineCall, target: MachineTarget, answer: Answer): ValetError {
  const refusal = parseRefusal(answer.text);
  const noneRestores = call === 'restore' && (answer.status === 422 || answer.status === 404);
  const code = noneRestores ? 'restore_failed' : 'machine_refused';
  const named = refusal.code === null ? '' : ` ${refusal.code}`;
  return new ValetError(code, `${titleOf(target)} refused ${call} with ${answer.status}${named}: ${refusal.reason}`, {
    hint: hintFor(call, answer.status, refusal),
    details: { call, fly_id: target.flyId, machine: target.name, status: answer.status, code: refusal.code },
  });
}

export function machineMisspoke(call: MachineCall, target: MachineTarget, answer: Answer): ValetError {
  return new ValetError(
    'machine_refused',
    `${titleOf(target)} answered ${call} with something else than the protocol's shape.`,
    {
      hint: 'Check that the image runs a project server on the internal port.',
      details: { call, fly_id: target.flyId, machine: target.name, status: answer.status, code: 'invalid_answer' },
    },
  );
}

function hintFor(call: MachineCall, status: number, refusal: MachineRefusal): string {
  if (status === 401) return 'Its VALET_INTERNAL_SECRET is not the one derived from CONTROL_PLANE_INTERNAL_SECRET.';
  if (call === 'restore' && status === 422) return 'Verify the archive, or restore an earlier one.';
  if (status === 404) return 'Its project server does not know this call: a basic server cannot do it.';
  if (refusal.code === 'stale_epoch') return 'A newer decision was made about this project: read its state again.';
  if (refusal.code === 'other_project') return 'The machine serves another project: it is not to be used for this one.';
  return "Look at the machine's log.";
}

function titleOf(target: MachineTarget): string {
  return `Machine ${target.name} (${target.flyId})`;
}
