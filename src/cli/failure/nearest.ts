import { distance } from 'fastest-levenshtein';

/** The candidate that was probably meant; undefined if none is near: at least half of it must be as it was typed. */
export function nearest(typed: string, candidates: readonly string[]): string | undefined {
  return nearestPhrase(
    [typed],
    candidates.map((candidate) => [candidate]),
  )?.[0];
}

/** The same for several words. Of two that are equally near, the longer one: it says more. */
export function nearestPhrase(
  typed: readonly string[],
  candidates: readonly (readonly string[])[],
): readonly string[] | undefined {
  const near = candidates
    .map((words) => ({ words, edits: edits(typed, words) }))
    .filter(({ edits }) => edits > 0 && edits < Number.POSITIVE_INFINITY);
  near.sort((a, b) => a.edits - b.edits || b.words.length - a.words.length);
  return near[0]?.words;
}

/** Of the words that stand at the same places; what is typed beyond them are arguments. Infinite if they are not alike. */
function edits(typed: readonly string[], words: readonly string[]): number {
  return words.reduce((sum, word, index) => {
    const there = typed[index]?.toLowerCase() ?? '';
    const wrong = distance(there, word);
    return wrong <= Math.max(there.length, word.length) / 2 ? sum + wrong : Number.POSITIVE_INFINITY;
  }, 0);
}
