import { type AdviceRow, adviceTable, type FlyAdvice } from './advice-table.js';
import type { FlyCall } from './endpoints.js';

export interface FlyRefusal {
  readonly call: FlyCall;
  readonly status: number;
  /** The body's `status`, such as `insufficient_capacity`. */
  readonly flyCode: string | null;
  readonly text: string;
}

export interface Verdict {
  readonly advice: FlyAdvice;
  /** Nothing was done, and the reason passes within seconds: the call itself asks again. */
  readonly transient: boolean;
}

export function decidingRow(refusal: FlyRefusal): AdviceRow | undefined {
  return adviceTable.find((row) => fits(row, refusal));
}

export function judge(refusal: FlyRefusal): Verdict {
  const row = decidingRow(refusal);
  return { advice: row?.advice ?? 'give-up', transient: row?.transient ?? false };
}

function fits(row: AdviceRow, refusal: FlyRefusal): boolean {
  return (
    fitsStatus(row.status, refusal.status) &&
    (row.calls?.includes(refusal.call) ?? true) &&
    (row.flyCode === undefined || row.flyCode === refusal.flyCode) &&
    (row.grpcCode === undefined || row.grpcCode === grpcCodeOf(refusal.text)) &&
    (row.text === undefined || refusal.text.toLowerCase().includes(row.text))
  );
}

function fitsStatus(wanted: AdviceRow['status'], status: number): boolean {
  if (typeof wanted === 'number') return wanted === status;
  if (typeof wanted === 'string') return wanted === `${Math.floor(status / 100)}xx`;
  return wanted.includes(status);
}

const grpcCodes: readonly string[] = [
  'aborted',
  'already_exists',
  'canceled',
  'data_loss',
  'deadline_exceeded',
  'failed_precondition',
  'internal',
  'invalid_argument',
  'not_found',
  'out_of_range',
  'permission_denied',
  'resource_exhausted',
  'unauthenticated',
  'unavailable',
  'unimplemented',
  'unknown',
];

/** The name with which Fly's texts usually begin: `failed_precondition: …`. */
export function grpcCodeOf(text: string): string | null {
  const [, name = ''] = /^([a-z_]+):/.exec(text) ?? [];
  return grpcCodes.includes(name) ? name : null;
}

const nameConflict = /machine ID ([0-9a-z]+) already exists/i;

/** The id that a name conflict names: whoever has our name, most likely our own earlier attempt. */
export function conflictingMachineId(refusal: FlyRefusal): string | null {
  if (refusal.status !== 409) return null;
  return nameConflict.exec(refusal.text)?.[1] ?? null;
}
