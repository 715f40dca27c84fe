import type { Output } from '../environment.js';
import { plain } from './plain.js';
import { wrapped } from './wrapped.js';

/** Sentences one below the other, broken between words where a terminal would break them within one. */
export function prose(sentences: readonly string[], { columns }: Pick<Output, 'columns'>): string {
  return sentences.map((sentence) => (columns === undefined ? plain(sentence) : folded(sentence, columns))).join('\n');
}

/** Lines after the first are indented as deep as the text of the first begins, a bullet counted in. */
function folded(sentence: string, columns: number): string {
  const first = /^\s*(- )?/.exec(sentence)?.[0] ?? '';
  return wrapped(sentence.slice(first.length), { first, rest: ' '.repeat(first.length), columns });
}
