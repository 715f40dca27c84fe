import { writeFile } from 'node:fs/promises';
import { type Answer, hasStatus } from '../answer.js';
import { markArchive } from '../archive-file.js';
import { judgeStatus } from '../status-verdicts.js';
import type { Trial } from '../trial.js';
import { eachFits, together } from '../verdict.js';
import { withMode } from './cancel.js';

/** Restores that must come to nothing, each in an epoch of its own. `key` is an archive that would be taken. */
export async function refusedRestores(trial: Trial, key: string): Promise<void> {
  const wrong = trial.restoreOrder(key, '0'.repeat(64));
  const refused = await trial.post('restore-from-r2', trial.nextEpoch(), wrong, { remark: 'with a wrong r2_checksum' });
  trial.judge('restore.wrong-checksum', eachFits([refused], hasStatus(422), '422'));
  await damaged(trial);
  await ofAnother(trial);
  await brokenDownloads(trial, key);
}

async function damaged(trial: Trial): Promise<void> {
  const file = trial.fileOf('damaged');
  await writeFile(file, 'SQLite format 3\0 and nothing of the kind');
  const answer = await restoreFile(trial, 'damaged', file, 'no database');
  trial.judge('restore.damaged', eachFits([answer], hasStatus(422), '422'));
}

async function ofAnother(trial: Trial): Promise<void> {
  const file = trial.fileOf('another');
  const mark = { table: 'valet_check_unwanted', rows: 1, projectId: 'valet-check-other' };
  await markArchive(trial.firstArchive ?? '', file, mark);
  const answer = await restoreFile(trial, 'another', file, 'another project’s archive');
  trial.judge('restore.other-project', eachFits([answer], hasStatus(422), '422'));
}

async function restoreFile(trial: Trial, name: string, file: string, remark: string) {
  const key = `projects/${trial.parts.projectId}/${name}.sqlite`;
  await trial.parts.endpoint.offer(key, file);
  return trial.post('restore-from-r2', trial.nextEpoch(), trial.restoreOrder(key), { remark });
}

/** 404 and 422 would end the wake: no other machine would be tried. */
const mayBeTriedAgain = ({ status }: Answer) => status >= 400 && status !== 404 && status !== 422;

async function brokenDownloads(trial: Trial, key: string): Promise<void> {
  const order = trial.restoreOrder(key);
  const ask = (remark: string) => trial.post('restore-from-r2', trial.nextEpoch(), order, { remark });
  const cut = await withMode(trial, 'cut', () => ask('the download breaks off'));
  const refused = await withMode(trial, { status: 403 }, () => ask('the download is refused'));
  const status = judgeStatus(await trial.status(), () => true, 'a status after a download that broke off');
  const judged = eachFits([cut, refused], mayBeTriedAgain, '4xx or 5xx, but not 404 and not 422');
  trial.judge('restore.broken-download', together(judged, status));
}
