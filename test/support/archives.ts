import { randomBytes } from 'node:crypto';
import { guardOf, keepVolumeSecs, owner, present, provenArchive, seen, type TestRows } from './rows.js';

/** Archives an active project once more, in the rows alone. Answers the archive's id. */
export async function archivedAgain(rows: TestRows, id: string): Promise<string> {
  const archiveId = `archive-${randomBytes(4).toString('hex')}`;
  const attempt = { archiveId, keyOf: (epoch: number) => `${id}/${epoch}`, owner, actor: 'sweep' };
  const begun = present(await rows.archiving.begin(await seen(rows, id), attempt));
  const archive = provenArchive(archiveId, begun.r2Key);
  const committed = await rows.archiving.commit(guardOf(begun.project), begun.project, archive, keepVolumeSecs);
  if (!committed) throw new Error(`Project ${id} could not be archived.`);
  return archiveId;
}

export async function archiveRow(rows: TestRows, id: string) {
  const [row] = await rows.database.db.query<{ deleting_at: Date | null; deleted_at: Date | null }>(
    'select deleting_at, deleted_at from archives where id = $1',
    [id],
  );
  return present(row);
}
