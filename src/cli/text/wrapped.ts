import { plain } from './plain.js';

export interface Wrapping {
  /** Before the first line. */
  readonly first: string;
  /** Before each further one. */
  readonly rest: string;
  readonly columns: number;
}

/** Breaks a text between words; a word that is longer than a line is broken too. */
export function wrapped(text: string, { first, rest, columns }: Wrapping): string {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  const next = () => {
    lines.push(line);
    line = rest;
    isEmpty = true;
  };
  for (const word of plain(text).split(' ')) {
    if (!isEmpty && line.length + 1 + word.length > columns) next();
    let left = isEmpty ? word : ` ${word}`;
    while (line.length + left.length > columns && columns > line.length) {
      const room = columns - line.length;
      line += left.slice(0, room);
      left = left.slice(room);
      next();
    }
    line += left;
    isEmpty = false;
  }
  return [...lines, line].join('\n');
}
