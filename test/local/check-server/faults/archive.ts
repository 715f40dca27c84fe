import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { bodyOf, type Fault, reply, retold } from '../../../support/faulty-server.js';
import { type FaultyServer, isArchive, isOk, misreporting, saying } from './fault.js';

/** Puts other bytes than the copy of the database, and tells their size and SHA-256 as they are. */
function uploading(transform: (bytes: Buffer) => Buffer, tables: Readonly<Record<string, number>> = {}): Fault {
  return async (call, forward, relay) => {
    if (!isArchive(call) || call.body.upload_url === undefined) return forward(call);
    relay.transform = transform;
    const order = { ...call.body, upload_url: relay.through(call.body.upload_url) };
    const said = await forward({ ...call, text: JSON.stringify(order) });
    if (!isOk(said)) return said;
    const { manifest } = bodyOf(said);
    return retold(said, relay.sent, { tables: { ...Object(manifest).tables, ...tables } });
  };
}

/** The bytes of the database after something was done to it. */
function edited(bytes: Buffer, sql: string): Buffer {
  const dir = mkdtempSync(join(tmpdir(), 'valet-edited-'));
  try {
    const file = join(dir, 'edited.sqlite');
    writeFileSync(file, bytes);
    const database = new DatabaseSync(file);
    database.exec(sql);
    database.close();
    return readFileSync(file);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** The main file alone, without the log beside it that has the last writes. */
function liveFile(dataDir: string): Buffer {
  const copy = join(dataDir, 'live-copy.sqlite');
  copyFileSync(join(dataDir, 'project.sqlite'), copy);
  const bytes = readFileSync(copy);
  rmSync(copy);
  return bytes;
}

export const archiveFaults: readonly FaultyServer[] = [
  {
    name: 'says busy and is quiesced all the same',
    breaks: ['archive.busy'],
    fault: () => {
      let archives = 0;
      return async (call, forward) => {
        const said = await forward(call);
        return isArchive(call) && isOk(said) && ++archives === 1 ? reply(409, { code: 'busy' }) : said;
      };
    },
  },
  {
    name: 'leaves out the checksum',
    breaks: ['archive.answer', 'archive.repeats', 'archive.again'],
    fault: saying(isArchive, (body) => ({ ...body, r2_checksum: undefined })),
  },
  {
    name: 'names a key of its own',
    breaks: ['archive.key'],
    fault: saying(isArchive, (body) => (body.r2_key === undefined ? body : { ...body, r2_key: 'own/key' })),
  },
  {
    name: 'uploads in chunks of unknown number',
    breaks: ['archive.length'],
    fault: () => {
      const upload = uploading((bytes) => bytes);
      return (call, forward, relay) => {
        relay.chunked = true;
        return upload(call, forward, relay);
      };
    },
  },
  {
    name: 'tells the checksum of something else',
    breaks: ['archive.bytes', 'archive.repeats', 'archive.again'],
    fault: saying(isArchive, (body) => (body.r2_key === undefined ? body : { ...body, r2_checksum: '0'.repeat(64) })),
  },
  {
    name: 'tells a wrong size',
    breaks: ['archive.bytes', 'archive.repeats', 'archive.again'],
    fault: saying(isArchive, (body) => (typeof body.size === 'number' ? { ...body, size: body.size + 1 } : body)),
  },
  {
    name: 'uploads something that is no database',
    breaks: [
      'archive.sound',
      'archive.sentinel',
      'archive.manifest',
      'archive.writes',
      'archive.repeats',
      'archive.again',
    ],
    fault: () => uploading(() => Buffer.alloc(4096, 'no database')),
  },
  {
    name: 'uploads a database without its sentinel',
    breaks: ['archive.sentinel', 'restore.brings-back'],
    fault: () => uploading((bytes) => edited(bytes, 'DELETE FROM _valet'), { _valet: 0 }),
  },
  {
    name: 'counts its rows wrong',
    breaks: ['archive.manifest', 'archive.repeats'],
    fault: saying(isArchive, (body) =>
      body.manifest === undefined ? body : { ...body, manifest: { ...Object(body.manifest), tables: { kv: 1000 } } },
    ),
  },
  {
    name: 'uploads the live file',
    breaks: ['archive.writes', 'restore.keeps-writes'],
    fault: (dataDir) => uploading(() => liveFile(dataDir), { kv: 0 }),
  },
  {
    name: 'archives once in an epoch',
    breaks: ['archive.repeats'],
    fault: () => {
      const seen = new Set<number>();
      return async (call, forward) => {
        if (isArchive(call) && seen.has(call.epoch)) return reply(409, { code: 'stale_epoch' });
        const said = await forward(call);
        if (isArchive(call) && isOk(said)) seen.add(call.epoch);
        return said;
      };
    },
  },
  {
    name: 'says that it uploaded what the store refused',
    breaks: ['archive.failed-upload'],
    fault: misreporting('upload_failed', 200),
  },
  {
    name: 'gives up for good when an upload fails',
    breaks: ['archive.again'],
    fault: () => {
      let hasFailed = false;
      return async (call, forward) => {
        if (isArchive(call) && hasFailed && 'r2_key' in call.body) return reply(500);
        const said = await forward(call);
        hasFailed ||= bodyOf(said).code === 'upload_failed';
        return said;
      };
    },
  },
];
