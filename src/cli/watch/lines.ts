import { plain } from '../text/plain.js';

export type Tone = 'dim' | 'bold' | 'green' | 'yellow' | 'red' | 'inverse';

export interface Span {
  readonly text: string;
  readonly tone?: Tone;
}

/** One line of the screen, in pieces of one tone each. */
export type Line = readonly Span[];

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** All that takes exactly one column wherever it is shown: Latin, Greek, Cyrillic, punctuation, arrows, blocks. */
const notOneColumn =
  /[^\x20-\x7e\u00a1-\u00ac\u00ae-\u024f\u0370-\u0482\u048a-\u052f\u2010-\u2027\u2030-\u205e\u2190-\u2193\u2500-\u259f]/gu;

/** Untrusted text, each character of which takes one column. */
export function screenText(text: string): string {
  return plain(text).normalize('NFC').replace(notOneColumn, '?');
}

export function line(text: string, tone?: Tone): Line {
  return [tone === undefined ? { text: screenText(text) } : { text: screenText(text), tone }];
}

/** Exactly so wide: filled up with spaces, or cut off with an ellipsis. */
export function fitted(pieces: Line, columns: number): Line {
  const length = pieces.reduce((sum, { text }) => sum + text.length, 0);
  if (length <= columns) return [...pieces, { text: ' '.repeat(columns - length) }];
  const kept: Span[] = [];
  let left = Math.max(0, columns - 1);
  for (const piece of pieces) {
    if (left <= 0) break;
    kept.push({ ...piece, text: piece.text.slice(0, left) });
    left -= piece.text.length;
  }
  return columns > 0 ? [...kept, { text: '…' }] : [];
}

/** Exactly so high: filled up with empty lines, or cut off. */
export function tall(lines: readonly Line[], rows: number): readonly Line[] {
  return Array.from({ length: Math.max(0, rows) }, (_, row) => lines[row] ?? []);
}

const gap = 2;

/** The widths of two columns that fill a line together with the gap between them. */
export function halves(columns: number): readonly [left: number, right: number] {
  const left = Math.floor((columns - gap) / 2);
  return [left, columns - gap - left];
}

/** Two columns beside each other, so high. */
export function beside(left: readonly Line[], right: readonly Line[], size: Size): readonly Line[] {
  const [leftColumns, rightColumns] = halves(size.columns);
  return Array.from({ length: size.rows }, (_, row) => [
    ...fitted(left[row] ?? [], leftColumns),
    { text: ' '.repeat(gap) },
    ...fitted(right[row] ?? [], rightColumns),
  ]);
}

/** Text in as many lines as it takes, broken between words where that is possible. */
export function wrapped(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  let rest = screenText(text);
  while (rest.length > columns) {
    const space = rest.lastIndexOf(' ', columns);
    const end = space > 0 ? space : columns;
    lines.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return [...lines, rest];
}
