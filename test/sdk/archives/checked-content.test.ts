import { buffer } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { checkedContent } from '../../../src/sdk/archives/checked-content.js';
import type { Archive } from '../../../src/sdk/resources.js';
import { sha256Of } from '../../support/project-database.js';

const bytes = Buffer.from('the content of an archive');
const right: Archive = {
  id: 'a1',
  project_id: 'demo',
  r2_key: 'projects/demo/1.sqlite',
  size_bytes: bytes.byteLength,
  r2_checksum: sha256Of(bytes),
  created_at: '2026-01-01T00:00:00.000Z',
  proven_at: '2026-01-01T00:00:00.000Z',
};

async function* inParts(content: Uint8Array, onEnd: () => void = () => undefined): AsyncGenerator<Uint8Array> {
  try {
    for (let start = 0; start < content.byteLength; start += 10) yield content.subarray(start, start + 10);
  } finally {
    onEnd();
  }
}

async function read(content: Uint8Array, expected: Archive): Promise<Buffer> {
  return buffer(checkedContent(expected, inParts(content)));
}

it('what is right is passed on as it is', async () => {
  expect((await read(bytes, right)).equals(bytes)).toBe(true);
});

it.each([
  ['cut short', bytes.subarray(0, 20), /ended after 20 of 25 bytes/],
  ['longer', Buffer.concat([bytes, bytes]), /larger than its 25 bytes/],
  ['of other content', bytes.with(3, 0), /has the SHA-256/],
  ['empty', Buffer.alloc(0), /ended after 0 of 25 bytes/],
])('G1: what is %s ends with an error', async (_, content, message) => {
  const error = { code: 'archive_unproven', message: expect.stringMatching(message) };
  await expect(read(content, right)).rejects.toMatchObject(error);
});

it('a checksum of a format that we do not know is not compared', async () => {
  expect(await read(bytes, { ...right, r2_checksum: 'crc32:1234' })).toHaveLength(bytes.length);
});

it('who stops reading ends what it is read from', async () => {
  let ended = false;
  const body = inParts(bytes, () => {
    ended = true;
  });
  for await (const _ of checkedContent(right, body)) break;
  expect(ended).toBe(true);
});
