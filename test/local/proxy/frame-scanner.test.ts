import { expect, test } from 'vitest';
import { FrameScanner, goingAwayFrame } from '../../../src/local/proxy/frame-scanner.js';

/** A text frame of so many bytes, masked as a client's would be or not. */
function frame(length: number, masked = false): Buffer {
  const mask = masked ? 0x80 : 0;
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  head[0] = 0x81;
  if (head.length === 2) head[1] = mask | length;
  else if (head.length === 4) head.writeUInt16BE(length, 2);
  else head.writeBigUInt64BE(BigInt(length), 2);
  if (head.length > 2) head[1] = mask | (head.length === 4 ? 126 : 127);
  return Buffer.concat([head, Buffer.alloc(masked ? 4 : 0, 7), Buffer.alloc(length, 0x81)]);
}

const lengths = [0, 1, 125, 126, 65_535, 65_536];

test.each(lengths.flatMap((length) => [false, true].map((masked) => ({ length, masked }))))(
  'a frame of $length bytes, masked $masked, ends at its last byte and not before',
  ({ length, masked }) => {
    const bytes = frame(length, masked);
    const scanner = new FrameScanner();
    scanner.see(bytes.subarray(0, -1));
    expect(scanner.atBoundary).toBe(false);
    scanner.see(bytes.subarray(-1));
    expect(scanner.atBoundary).toBe(true);
  },
);

test('however frames are cut into pieces, the boundaries are the same', () => {
  const frames = [frame(5), frame(0), frame(300, true), goingAwayFrame, frame(70_000)];
  const whole = Buffer.concat(frames);
  const ends = new Set(frames.map((_, at) => Buffer.concat(frames.slice(0, at + 1)).length));
  for (const piece of [1, 2, 3, 7, 1_000]) {
    const scanner = new FrameScanner();
    const found: number[] = [];
    for (let at = 0; at < whole.length; at += piece) {
      scanner.see(whole.subarray(at, at + piece));
      if (scanner.atBoundary) found.push(Math.min(at + piece, whole.length));
    }
    expect(found).toEqual([...ends].filter((end) => end % piece === 0 || end === whole.length));
  }
});
