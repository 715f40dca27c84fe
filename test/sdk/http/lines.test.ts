import fc from 'fast-check';
import { expect, it } from 'vitest';
import { linesOf } from '../../../src/sdk/http/lines.js';

async function* pieces(text: string, sizes: readonly number[]): AsyncGenerator<Uint8Array, void> {
  const bytes = Buffer.from(text);
  let from = 0;
  for (const size of sizes) {
    yield bytes.subarray(from, from + size);
    from += size;
  }
  yield bytes.subarray(from);
}

async function collected(text: string, sizes: readonly number[] = [], maxBytes?: number): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of linesOf(pieces(text, sizes), maxBytes)) lines.push(line);
  return lines;
}

it('lines are the same however the network cuts them, in the middle of a character too', async () => {
  const line = fc.string({ unit: 'grapheme' }).map((text) => JSON.stringify(text));
  await fc.assert(
    fc.asyncProperty(fc.array(line), fc.array(fc.nat(9)), async (lines, sizes) => {
      expect(await collected(lines.map((one) => `${one}\n`).join(''), sizes)).toEqual(lines);
    }),
  );
});

it('a line that grows beyond the bound ends the reading, before it is whole', async () => {
  await expect(collected('x'.repeat(101), [40, 40], 100)).rejects.toMatchObject({ kind: 'too_large' });
  expect(await collected(`${'x'.repeat(100)}\n`, [40, 40], 100)).toHaveLength(1);
});

it('a last line without its end has broken off', async () => {
  await expect(collected('{"kind":"planned"}\n{"kin')).rejects.toMatchObject({ kind: 'broken' });
});
