/** A time in milliseconds or, where it varies, its bounds: any time between them is as likely. */
export type Span = number | { readonly minMs: number; readonly maxMs: number };

/** @param random from 0 up to 1 */
export function drawMs(span: Span, random: () => number): number {
  return typeof span === 'number' ? span : Math.round(span.minMs + random() * (span.maxMs - span.minMs));
}

/** The same sequence for the same seed. Mulberry32, by Tommy Ettinger, in the public domain. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
