import { expect, it } from 'vitest';
import { checked, type Expected } from '../../../src/sdk/archives/checked.js';
import { sha256Of } from '../../support/project-database.js';

const bytes = Buffer.from('the content of an archive');
const right: Expected = { archiveId: 'a1', size: bytes.byteLength, checksum: sha256Of(bytes) };

async function* inParts(content: Uint8Array, onEnd: () => void = () => undefined): AsyncGenerator<Uint8Array> {
  try {
    for (let start = 0; start < content.byteLength; start += 10) yield content.subarray(start, start + 10);
  } finally {
    onEnd();
  }
}

async function read(content: Uint8Array, expected: Expected): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(checked(inParts(content), expected)));
}

it('what is right is passed on as it is', async () => {
  expect((await read(bytes, right)).equals(bytes)).toBe(true);
  expect(await read(bytes, { ...right, checksum: right.checksum?.toUpperCase() ?? null })).toHaveLength(bytes.length);
});

it.each([
  ['cut short', bytes.subarray(0, 20), /20 of 25 bytes/],
  ['longer', Buffer.concat([bytes, bytes]), /longer than it should be/],
  ['of other content', bytes.with(3, 0), /its SHA-256 is/],
  ['empty', Buffer.alloc(0), /0 of 25 bytes/],
])('G1: what is %s ends with an error', async (_, content, message) => {
  const error = { code: 'archive_unproven', message: expect.stringMatching(message) };
  await expect(read(content, right)).rejects.toMatchObject(error);
});

it('a checksum of a format that we do not know is not compared', async () => {
  expect(await read(bytes, { ...right, checksum: 'crc32:1234' })).toHaveLength(bytes.length);
});

it('who stops reading ends what it is read from', async () => {
  let ended = false;
  const body = inParts(bytes, () => {
    ended = true;
  });
  for await (const _ of checked(body, right)) break;
  expect(ended).toBe(true);
});
