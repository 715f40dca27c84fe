import { copyFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { hasStatus, isBusy, isServed, isSuccess, isTurnedAway, sayAnswer } from '../answer.js';
import { missingFrom } from '../archive-file.js';
import { type ArchiveAttempt, judgeArchive } from '../archive-verdicts.js';
import type { Scene } from '../scene.js';
import { judgeStatus, statusIn } from '../status-verdicts.js';
import { CannotGoOn, type Trial } from '../trial.js';
import { broken, eachFits, holds, notChecked, together, type Verdict } from '../verdict.js';
import { noWritePath, Writer } from '../writer.js';

export const archive: Scene = {
  name: 'archive',
  groups: ['archive', 'quiesced', 'resume'],
  needs: ['configure'],
  async play(trial) {
    const { kind } = trial.parts;
    if (kind === 'full') trial.judge('archive.busy', await judgeBusy(trial));
    const order = trial.archiveOrder();
    const { attempt, written } = await archiveWhileWriting(trial, order);
    tell(trial, attempt);
    if (!isSuccess(attempt.answer)) throw new CannotGoOn(`It was not archived: ${sayAnswer(attempt.answer)}`);
    if (kind === 'basic') return;
    if (attempt.stored === undefined) throw new CannotGoOn('It put no archive to the upload_url.');
    trial.judge('archive.writes', await judgeWrites(attempt, written));
    trial.firstArchive = trial.fileOf('first');
    await copyFile(attempt.stored.path, trial.firstArchive);
    await judgeQuiesced(trial, attempt.epoch, order);
  },
};

function tell(trial: Trial, attempt: ArchiveAttempt): void {
  const judged = judgeArchive(attempt);
  trial.judge('archive.answer', judged.answer);
  if (!isSuccess(attempt.answer)) return;
  trial.judge('archive.key', judged.key);
  trial.judge('archive.length', judged.length);
  trial.judge('archive.bytes', judged.bytes);
  trial.judge('archive.sound', judged.sound);
  trial.judge('archive.sentinel', judged.sentinel);
  trial.judge('archive.manifest', judged.manifest);
}

async function archiveWhileWriting(trial: Trial, order: ReturnType<Trial['archiveOrder']>) {
  const writer = new Writer(trial);
  await writer.write();
  const writing = writer.keepWriting();
  // A server that is always busy while somebody writes is right; then it is asked in peace.
  const attempt = await trial.archive(trial.nextEpoch(), order, (times) => times > 3 && writer.stop());
  writer.stop();
  await writing;
  return { attempt, written: writer.acknowledged };
}

async function judgeWrites({ sent, stored }: ArchiveAttempt, written: readonly string[] | null): Promise<Verdict> {
  if (written === null) return noWritePath;
  if (written.length === 0) return notChecked('No write was answered 2xx.');
  if (stored === undefined) return notChecked('Nothing was put to the upload_url.');
  const missing = await missingFrom(stored.path, written);
  if (missing.length === 0) return holds;
  return broken(sent, `an archive that lacks ${missing.length} of ${written.length} writes that were answered 2xx`);
}

/** Somebody is in the middle of a request: it may say busy, or archive all the same. */
async function judgeBusy(trial: Trial): Promise<Verdict> {
  const held = new Writer(trial).writeSlowly();
  if (held === null) return noWritePath;
  try {
    await untilSeen(trial);
    const asked = await trial.post('archive-to-r2', trial.nextEpoch(), trial.archiveOrder());
    if (!isBusy(asked.answer)) {
      await trial.post('resume', trial.nextEpoch());
      return notChecked('It never answered busy.');
    }
    const status = judgeStatus(await trial.status(), ({ quiesced }) => quiesced !== true, 'not quiesced');
    return together(eachFits([await trial.visit()], isServed, 'no 503 after 409 busy'), status);
  } finally {
    await held.release();
  }
}

async function untilSeen(trial: Trial): Promise<void> {
  for (let looks = 0; looks < 10; looks++) {
    const open = statusIn((await trial.status()).answer)?.open_connections ?? 0;
    if (open > 0) return;
    await delay(20);
  }
}

async function judgeQuiesced(trial: Trial, epoch: number, order: ReturnType<Trial['archiveOrder']>): Promise<void> {
  const turnedAway = async (when: string) =>
    eachFits([await trial.visit()], isTurnedAway, `503 with Retry-After, or fly-replay, ${when}`);
  trial.judge('quiesced.refuses', await turnedAway('after archive'));
  const told = judgeStatus(
    await trial.status(),
    ({ quiesced, serving }) => quiesced === true && serving !== true,
    'quiesced true and serving false',
  );
  trial.judge('quiesced.told', told);
  const again = judgeArchive(await trial.archive(epoch, order));
  trial.judge('archive.repeats', together(again.answer, again.bytes, again.sound, again.manifest));
  const equal = eachFits([await trial.post('resume', epoch)], hasStatus(409), '409');
  trial.judge('resume.equal-epoch', equal);
  if (equal.kind === 'does_not_hold') throw new CannotGoOn('An early resume has ended the archive.');
  await trial.configure(trial.nextEpoch());
  trial.judge('quiesced.stays', await turnedAway('until a resume'));
}
