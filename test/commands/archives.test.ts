import { expect, test } from 'vitest';
import ArchivesList from '../../src/commands/archives/list.js';
import ArchivesVerify from '../../src/commands/archives/verify.js';
import { ValetError } from '../../src/sdk/errors.js';
import type { ArchivePage, ListArchives } from '../../src/sdk/resources.js';
import { runCommand } from '../support/commands.js';
import { ago, FakeValet, sampleArchive, sampleProject, sampleProof } from '../support/fake-valet.js';

const hour = 3600;
const newer = sampleArchive({ id: '9f2c61d0aa41be57', created_at: ago(2 * hour) });
const older = sampleArchive({ id: '0b8d7f1e22c94a6d', size_bytes: 1_572_864, created_at: ago(50 * hour) });
const page: ArchivePage = { current: newer.id, archives: [newer, older], next_cursor: null };

function listing(answer: ArchivePage, asked: unknown[] = []): FakeValet {
  const list = async (id: string, filter?: ListArchives) => {
    asked.push([id, filter]);
    return answer;
  };
  return new FakeValet({ archives: { list } });
}

test('archives list fits 80 columns, and says which one a wake would restore', async () => {
  const ran = await runCommand(ArchivesList, ['demo'], { valet: listing(page), columns: 80 });
  expect(ran.stdout).toBe(
    [
      'ID                MADE     SIZE     CURRENT  SHA-256',
      '9f2c61d0aa41be57  2 h ago  8 KiB    yes      ababababababababababababababababab…',
      '0b8d7f1e22c94a6d  2 d ago  1.5 MiB  -        ababababababababababababababababab…',
      '',
    ].join('\n'),
  );
});

test('archives list leaves checksums whole when piped, is ids alone with --quiet, and all of it with --json', async () => {
  const asked: unknown[] = [];
  const valet = listing({ ...page, next_cursor: 'c2' }, asked);
  const piped = await runCommand(ArchivesList, ['demo', '--limit', '2', '--cursor', 'c1'], { valet });
  expect(piped.stdout).toContain('ab'.repeat(32));
  expect(piped.stderr).toBe('There are more: --cursor c2\n');
  expect(asked).toEqual([['demo', { limit: 2, cursor: 'c1' }]]);
  expect((await runCommand(ArchivesList, ['demo', '-q'], { valet })).stdout).toBe(`${newer.id}\n${older.id}\n`);
  const json = await runCommand(ArchivesList, ['demo', '--json'], { valet });
  expect(JSON.parse(json.stdout)).toEqual({ ...page, next_cursor: 'c2' });
});

test('archives verify of one that is proven says what is in it, and ends with 0', async () => {
  const valet = new FakeValet({ archives: { verify: async (id) => sampleProof({ archive_id: id }) } });
  const ran = await runCommand(ArchivesVerify, [newer.id], { valet, columns: 80 });
  expect(ran).toEqual({
    stdout: ['ID                RESULT  SIZE   FOUND', '9f2c61d0aa41be57  proven  8 KiB  2 tables, 4 rows', ''].join(
      '\n',
    ),
    stderr: 'Verifying …\n',
    exitCode: 0,
  });
});

test('archives verify of one that is not proven shows what was found, and ends with 6', async () => {
  const proof = sampleProof({ proven: false, tables: {}, finding: 'size should be 8192 and is 4096' });
  const valet = new FakeValet({ archives: { verify: async () => proof } });
  const ran = await runCommand(ArchivesVerify, ['1'], { valet });
  expect(ran).toMatchObject({ exitCode: 6, stdout: expect.stringMatching(/^1 +NOT PROVEN .* is 4096$/m) });
  const json = await runCommand(ArchivesVerify, ['1', '--json'], { valet });
  expect(json.exitCode).toBe(6);
  expect(JSON.parse(json.stdout)).toEqual({ proofs: [proof], failed: [], next_cursor: null });
});

test('archives verify of one that is not there ends as any error does', async () => {
  const missing = new ValetError('not_found', 'There is no archive "1".');
  const valet = new FakeValet({ archives: { verify: () => Promise.reject(missing) } });
  expect((await runCommand(ArchivesVerify, ['1'], { valet })).exitCode).toBe(3);
});

test('archives verify --project goes through all pages, and one that cannot be read keeps it from no other', async () => {
  const asked: unknown[] = [];
  const list = async (_id: string, { cursor }: ListArchives = {}): Promise<ArchivePage> =>
    cursor === undefined
      ? { current: newer.id, archives: [newer], next_cursor: 'c2' }
      : { current: newer.id, archives: [older], next_cursor: null };
  const verify = async (id: string) => {
    asked.push(id);
    if (id === newer.id) throw new ValetError('store_failed', 'R2 did not answer.');
    return sampleProof({ archive_id: id });
  };
  const valet = new FakeValet({ archives: { list, verify } });
  const ran = await runCommand(ArchivesVerify, ['--project', 'demo'], { valet, columns: 80 });
  expect(asked).toEqual([newer.id, older.id]);
  expect(ran.stdout.split('\n')).toEqual([
    'ID                RESULT   SIZE   FOUND',
    '0b8d7f1e22c94a6d  proven   8 KiB  2 tables, 4 rows',
    '9f2c61d0aa41be57  unknown  -      store_failed: R2 did not answer.',
    '',
  ]);
  expect(ran.stderr.split('\n')).toEqual([
    'Verifying …',
    `${newer.id} failed (0.0 s): store_failed: R2 did not answer.`,
    `${older.id} proven (0.0 s)`,
    '2 of 2 in less than 1 s: 1 proven, 1 failed.',
    '',
  ]);
  expect(ran.exitCode).toBe(6);
});

test('archives verify --project without archives has nothing to prove, and ends with 0', async () => {
  const valet = listing({ current: null, archives: [], next_cursor: null });
  const ran = await runCommand(ArchivesVerify, ['--project', 'demo'], { valet });
  expect(ran).toEqual({ stdout: '', stderr: 'Verifying …\nNo archives.\n', exitCode: 0 });
});

test('archives verify --all says of each project what its current archive is, and where it left off', async () => {
  const projects = ['demo', 'shop'].map((id) =>
    sampleProject({ id, archive: sampleArchive({ id: `of-${id}`, project_id: id }) }),
  );
  const list = async () => ({ projects, next_cursor: 'shop' });
  const verify = async (id: string) =>
    id === 'of-demo'
      ? sampleProof({ archive_id: id, project_id: 'demo' })
      : sampleProof({ archive_id: id, project_id: 'shop', proven: false, finding: 'it is no SQLite database' });
  const valet = new FakeValet({ projects: { list }, archives: { verify } });
  const ran = await runCommand(ArchivesVerify, ['--all', '--limit', '2'], { valet, columns: 80 });
  expect(ran.stdout.split('\n')).toEqual([
    'ID       PROJECT  RESULT      SIZE   FOUND',
    'of-demo  demo     proven      8 KiB  2 tables, 4 rows',
    'of-shop  shop     NOT PROVEN  8 KiB  it is no SQLite database',
    '',
  ]);
  expect(ran.stderr).toContain('of-shop not proven (0.0 s): archive_unproven: it is no SQLite database\n');
  expect(ran.stderr).toContain('There are more: --cursor shop\n');
  expect(ran.exitCode).toBe(6);
});

test.each([[[]], [['1', '--project', 'demo']], [['1', '--all']], [['--all', '--project', 'demo']]])(
  'archives verify %j names neither one nor all',
  async (argv) => {
    const ran = await runCommand(ArchivesVerify, argv, { valet: new FakeValet({}) });
    expect(ran).toMatchObject({ exitCode: 2, stdout: '' });
    expect(ran.stderr).toMatch(/--project/);
  },
);
