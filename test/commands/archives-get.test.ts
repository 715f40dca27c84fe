import { createHash } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import ArchivesGet from '../../src/commands/archives/get.js';
import { checkedContent } from '../../src/sdk/archives/checked-content.js';
import { ValetError } from '../../src/sdk/errors.js';
import type { Archive } from '../../src/sdk/resources.js';
import { runCommand } from '../support/commands.js';
import { FakeValet, sampleArchive } from '../support/fake-valet.js';

const content = 'SQLite format 3 and what follows';
const archive = archiveOf(content);

function archiveOf(text: string): Archive {
  const r2_checksum = createHash('sha256').update(text).digest('hex');
  return sampleArchive({ size_bytes: Buffer.byteLength(text), r2_checksum });
}

/** @param between what happens after the first piece has been handed out */
function giving(text: string, between: () => unknown = () => undefined): FakeValet {
  async function* pieces(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(text.slice(0, 10));
    await between();
    yield Buffer.from(text.slice(10));
  }
  return new FakeValet({ archives: { read: async () => ({ archive, body: checkedContent(archive, pieces()) }) } });
}

async function folder() {
  const dir = await mkdtemp(join(tmpdir(), 'valet-get-'));
  return {
    dir,
    path: join(dir, 'demo.sqlite'),
    files: () => readdir(dir),
    [Symbol.asyncDispose]: () => rm(dir, { recursive: true }),
  };
}

test('archives get writes the file, for its owner alone, and says what it is', async () => {
  await using here = await folder();
  const ran = await runCommand(ArchivesGet, ['1', '-o', here.path], { valet: giving(content) });
  expect(ran).toEqual({
    stdout: '',
    stderr: `Wrote ${here.path}: archive 1 of project demo, 32 bytes.\n`,
    exitCode: 0,
  });
  expect(await readFile(here.path, 'utf8')).toBe(content);
  expect((await stat(here.path)).mode & 0o777).toBe(0o600);
  expect(await here.files()).toEqual(['demo.sqlite']);
});

test('archives get --json returns what is known of the archive', async () => {
  await using here = await folder();
  const ran = await runCommand(ArchivesGet, ['1', '-o', here.path, '--json'], { valet: giving(content) });
  expect(ran.stderr).toBe('');
  expect(JSON.parse(ran.stdout)).toEqual(archive);
});

test('archives get shows the file under its name only once it is whole', async () => {
  await using here = await folder();
  const seen: string[] = [];
  const valet = giving(content, async () => seen.push(...(await here.files())));
  await runCommand(ArchivesGet, ['1', '-o', here.path], { valet });
  expect(seen).toEqual([expect.stringMatching(/^demo\.sqlite\.[0-9a-f]{8}\.part$/)]);
});

test.each([
  ['other bytes', content.replace('3', '4'), 'has the SHA-256'],
  ['too few', content.slice(0, -1), 'ended after 31 of 32 bytes'],
  ['too many', `${content}!`, 'is larger than its 32 bytes'],
])('archives get of %s leaves nothing, and ends with 1', async (_what, text, message) => {
  await using here = await folder();
  const ran = await runCommand(ArchivesGet, ['1', '-o', here.path], { valet: giving(text) });
  expect(ran).toMatchObject({ exitCode: 1, stdout: '', stderr: expect.stringContaining(message) });
  expect(ran.stderr).toContain('Code: archive_unproven');
  expect(await here.files()).toEqual([]);
});

test('archives get refuses a file that is there before it asks, and --force replaces it', async () => {
  await using here = await folder();
  await writeFile(here.path, 'mine');
  const refused = await runCommand(ArchivesGet, ['1', '-o', here.path], { valet: new FakeValet({}) });
  expect(refused).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--force') });
  expect(await readFile(here.path, 'utf8')).toBe('mine');
  expect((await runCommand(ArchivesGet, ['1', '-o', here.path, '--force'], { valet: giving(content) })).exitCode).toBe(
    0,
  );
  expect(await readFile(here.path, 'utf8')).toBe(content);
});

test('archives get --force leaves the file that was there when what it reads is wrong', async () => {
  await using here = await folder();
  await writeFile(here.path, 'mine');
  const ran = await runCommand(ArchivesGet, ['1', '-o', here.path, '--force'], { valet: giving(`${content}!`) });
  expect(ran.exitCode).toBe(1);
  expect(await readFile(here.path, 'utf8')).toBe('mine');
  expect(await here.files()).toEqual(['demo.sqlite']);
});

test('archives get does not replace a file that came in between', async () => {
  await using here = await folder();
  const valet = giving(content, () => writeFile(here.path, 'mine'));
  const ran = await runCommand(ArchivesGet, ['1', '-o', here.path], { valet });
  expect(ran).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('exists already') });
  expect(await readFile(here.path, 'utf8')).toBe('mine');
  expect(await here.files()).toEqual(['demo.sqlite']);
});

test('archives get into a folder that is not there says so as its own error', async () => {
  await using here = await folder();
  const path = join(here.dir, 'none', 'demo.sqlite');
  const ran = await runCommand(ArchivesGet, ['1', '-o', path], { valet: giving(content) });
  expect(ran).toMatchObject({ exitCode: 1, stderr: expect.stringContaining(`${path} cannot be written: ENOENT`) });
  expect(ran.stderr).toContain('Code: output_failed');
});

test('archives get that is stopped by Ctrl-C leaves nothing', async () => {
  await using here = await folder();
  const process = new EventEmitter();
  const between = () => {
    process.emit('SIGINT', 'SIGINT');
    throw new ValetError('valet_unreachable', 'The request was aborted.');
  };
  const ran = await runCommand(ArchivesGet, ['1', '-o', here.path], { valet: giving(content, between), process });
  expect(ran).toMatchObject({ exitCode: 130, stdout: '' });
  expect(await here.files()).toEqual([]);
});

test('archives get --output - writes the bytes alone, and not together with --json', async () => {
  expect(await runCommand(ArchivesGet, ['1', '-o', '-'], { valet: giving(content) })).toEqual({
    stdout: content,
    stderr: '',
    exitCode: 0,
  });
  const both = await runCommand(ArchivesGet, ['1', '-o', '-', '--json'], { valet: new FakeValet({}) });
  expect(both).toMatchObject({ exitCode: 2, stdout: expect.stringContaining('request_invalid') });
});

test('archives get --output - of wrong bytes ends with 1, so that what came before is not taken for an archive', async () => {
  const ran = await runCommand(ArchivesGet, ['1', '-o', '-'], { valet: giving(content.slice(0, -1)) });
  expect(ran).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('Code: archive_unproven') });
});
