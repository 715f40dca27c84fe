import { styleText } from 'node:util';
import type { Line } from './lines.js';

/** A line as the terminal takes it; without colours it is its text alone. */
export function painted(line: Line, colours: boolean): string {
  const pieces = line.map(({ text, tone }) =>
    colours && tone !== undefined ? styleText(tone, text, { validateStream: false }) : text,
  );
  return pieces.join('').trimEnd();
}
