import type { Output } from '../environment.js';
import { plain } from './plain.js';

/** Sentences one below the other, broken between words where a terminal would break them within one. */
export function prose(sentences: readonly string[], { columns }: Pick<Output, 'columns'>): string {
  return sentences.map((sentence) => wrapped(plain(sentence), columns)).join('\n');
}

/** Lines after the first are indented as deep as the text of the first begins, a bullet counted in. */
function wrapped(text: string, columns: number | undefined): string {
  if (columns === undefined || text.length <= columns) return text;
  const beginning = /^\s*(- )?/.exec(text)?.[0] ?? '';
  const [first = '', ...words] = text.slice(beginning.length).split(' ');
  const lines = [`${beginning}${first}`];
  for (const word of words) {
    const line = `${lines.at(-1)} ${word}`;
    if (line.length <= columns) lines[lines.length - 1] = line;
    else lines.push(`${' '.repeat(beginning.length)}${word}`);
  }
  return lines.join('\n');
}
