import { stripVTControlCharacters } from 'node:util';

/** One thing as lines of name and value; what is null or undefined has no line. */
export function record(fields: Readonly<Record<string, string | number | null | undefined>>): string {
  const shown = Object.entries(fields).filter(([, value]) => value !== null && value !== undefined);
  const width = Math.max(0, ...shown.map(([name]) => name.length));
  return shown
    .map(([name, value]) => `${`${name}:`.padEnd(width + 2)}${stripVTControlCharacters(String(value))}`)
    .join('\n');
}
