/** Prefixes that are ours alone: an unknown name that has one and resembles a known one is taken for a typing error. */
const ownPrefixes = ['VALET_', 'WARM_POOL_', 'ROUTER_', 'CONTROL_PLANE_', 'DORMANCY_'];
/** One edit for every so many letters; short names resemble each other too easily. */
const lettersPerEdit = 6;
const mostEdits = 3;

/** The known variable that was probably meant, or undefined where the name is known, not ours or like none. */
export function probablyMeant(name: string, known: readonly string[]): string | undefined {
  if (known.includes(name) || !ownPrefixes.some((prefix) => name.startsWith(prefix))) return undefined;
  const [nearest] = known
    .map((candidate) => ({ candidate, edits: editDistance(name, candidate) }))
    .sort((a, b) => a.edits - b.edits);
  return nearest !== undefined && nearest.edits <= Math.min(mostEdits, name.length / lettersPerEdit)
    ? nearest.candidate
    : undefined;
}

/** Levenshtein distance: how many letters must be put in, taken out or replaced. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...from].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...to].entries()) {
      const replaced = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
