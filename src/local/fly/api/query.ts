import { refusals } from '../refusal.js';

/** @throws FlyRefusal 400 when it is neither true nor false */
export function booleanIn(query: URLSearchParams, name: string): boolean {
  const value = query.get(name);
  if (value === null || value === 'false' || value === '0') return false;
  if (value === 'true' || value === '1') return true;
  throw refusals.invalid(`${name} must be true or false`);
}

export interface WholeRange {
  readonly min: number;
  readonly max: number;
  readonly fallback: number;
}

/** @throws FlyRefusal 400 when it is no whole number in the range */
export function wholeIn(query: URLSearchParams, name: string, range: WholeRange): number {
  const value = query.get(name);
  if (value === null || value === '') return range.fallback;
  const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
  if (number >= range.min && number <= range.max) return number;
  throw refusals.invalid(`${name} must be between ${range.min} and ${range.max}`);
}

/** All values of a parameter that may be repeated or hold several, separated by commas. */
export function listIn(query: URLSearchParams, name: string): readonly string[] {
  return query
    .getAll(name)
    .flatMap((value) => value.split(','))
    .map((value) => value.trim())
    .filter((value) => value !== '');
}
