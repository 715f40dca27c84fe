import { isSuccess, sayAnswer } from '../answer.js';
import { type Mark, markArchive, missingFrom } from '../archive-file.js';
import type { ArchiveAttempt } from '../archive-verdicts.js';
import type { Scene } from '../scene.js';
import { judgeStatus } from '../status-verdicts.js';
import { CannotGoOn, type Trial } from '../trial.js';
import { broken, eachFits, holds, notChecked, type Verdict } from '../verdict.js';
import { noWritePath, Writer } from '../writer.js';
import { refusedRestores } from './refused-restores.js';

export const wanted: Mark = { table: 'valet_check_wanted', rows: 3 };
export const unwanted: Mark = { table: 'valet_check_unwanted', rows: 2 };

export const restore: Scene = {
  name: 'restore',
  groups: ['restore'],
  needs: ['cancel', 'restart'],
  async play(trial) {
    if (trial.parts.kind === 'basic') return judgeKnown(trial);
    trial.judge('restore.known', notChecked('Only a basic server is asked this way.'));
    const key = await offer(trial, 'wanted', wanted);
    const restored = await trial.post('restore-from-r2', trial.nextEpoch(), trial.restoreOrder(key));
    trial.judge('restore.brings-back', eachFits([restored], isSuccess, '2xx'));
    if (!isSuccess(restored.answer)) throw new CannotGoOn(`It did not restore: ${sayAnswer(restored.answer)}`);
    await judgeTold(trial);
    const writer = await judgeOnce(trial, key);
    await refusedRestores(trial, await offer(trial, 'unwanted', unwanted));
    await judgeAfterwards(trial, writer.acknowledged);
  },
};

async function judgeKnown(trial: Trial): Promise<void> {
  const asked = await trial.post('restore-from-r2', trial.nextEpoch(), {}, { remark: 'an empty object' });
  trial.judge(
    'restore.known',
    eachFits([asked], ({ status }) => status !== 404 && status !== 0, 'no 404'),
  );
}

async function offer(trial: Trial, name: string, mark: Mark): Promise<string> {
  if (trial.firstArchive === undefined) throw new CannotGoOn('There is no archive of it to restore.');
  const file = trial.fileOf(name);
  try {
    await markArchive(trial.firstArchive, file, mark);
  } catch {
    throw new CannotGoOn('Its archive is no database that could be restored.');
  }
  const key = `projects/${trial.parts.projectId}/${name}.sqlite`;
  await trial.parts.endpoint.offer(key, file);
  return key;
}

/** Nothing can be asked of rows that were never told: the control plane does ask for each table. */
async function judgeTold(trial: Trial): Promise<void> {
  const told = judgeStatus(
    await trial.status(),
    ({ tables, epoch }) => tables?.[wanted.table] === wanted.rows && tables._valet === 1 && epoch === trial.epoch,
    `epoch ${trial.epoch} and in tables ${wanted.rows} rows of ${wanted.table} and 1 of _valet`,
  );
  trial.judge('restore.told', told);
}

async function judgeOnce(trial: Trial, key: string): Promise<Writer> {
  const writer = new Writer(trial);
  await writer.write();
  const order = trial.restoreOrder(key);
  const withObject = await trial.post('restore-from-r2', trial.epoch, order, { remark: 'again' });
  trial.parts.endpoint.withdraw(key);
  const without = await trial.post('restore-from-r2', trial.epoch, order, { remark: 'again, the object is gone' });
  trial.judge('restore.once', eachFits([withObject, without], isSuccess, '2xx'));
  return writer;
}

async function judgeAfterwards(trial: Trial, written: readonly string[] | null): Promise<void> {
  const attempt = await trial.archive(trial.nextEpoch());
  await trial.post('resume', trial.nextEpoch());
  const { contents, stored, sent } = attempt;
  if (contents?.readable !== true || stored === undefined) {
    throw new CannotGoOn(`It was not archived after a restore: ${sayAnswer(attempt.answer)}`);
  }
  const { tables } = contents;
  const isReplaced = unwanted.table in tables;
  const leaves = isReplaced ? broken('restores that were refused', 'the database that was refused') : holds;
  trial.judge('restore.leaves-old', leaves);
  const found = tables[wanted.table];
  const isBack = isReplaced || found === wanted.rows;
  const missing = broken(sent, `an archive with ${found ?? 'no'} rows of the restored table ${wanted.table}`);
  trial.judge('restore.brings-back', isBack ? holds : missing);
  trial.judge('restore.keeps-writes', isReplaced ? notChecked('It was replaced.') : await judgeKept(attempt, written));
}

async function judgeKept({ stored, sent }: ArchiveAttempt, written: readonly string[] | null): Promise<Verdict> {
  if (written === null) return noWritePath;
  if (written.length === 0 || stored === undefined) return notChecked('No write was answered 2xx.');
  const missing = await missingFrom(stored.path, written);
  return missing.length === 0 ? holds : broken(sent, 'an archive that lacks what was written before the repeat');
}
