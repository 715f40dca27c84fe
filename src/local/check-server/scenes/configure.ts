import { hasStatus, isServed, isSuccess, sayAnswer } from '../answer.js';
import type { Scene } from '../scene.js';
import { judgeStatus } from '../status-verdicts.js';
import { CannotGoOn, type Trial } from '../trial.js';
import { eachFits, together } from '../verdict.js';

/** Far more than a trial needs: epochs come from one sequence for all projects, so they may jump. */
const farAhead = 1_000_000;

export const configure: Scene = {
  name: 'configure',
  groups: ['configure', 'status', 'at-once', 'resume'],
  needs: ['arrival'],
  async play(trial) {
    const first = await trial.configure(trial.nextEpoch());
    if (!isSuccess(first.answer)) {
      trial.judge('configure.becomes', eachFits([first], isSuccess, '2xx'));
      throw new CannotGoOn(`It could not be configured: ${sayAnswer(first.answer)}`);
    }
    // One that is somebody's may have been found quiesced.
    if (!trial.parts.isFresh) await trial.post('resume', trial.nextEpoch());
    trial.judge('configure.becomes', eachFits([await trial.visit()], isServed, 'no 503'));
    await judgeStatusOf(trial);
    await judgeRepeats(trial);
    await judgeOthers(trial);
  },
};

async function judgeStatusOf(trial: Trial): Promise<void> {
  const { projectId } = trial.parts;
  const status = await trial.status();
  const names = judgeStatus(
    status,
    ({ project_id, epoch }) => project_id === projectId && epoch === trial.epoch,
    `project_id ${projectId} and epoch ${trial.epoch}`,
  );
  trial.judge('status.project', names);
}

async function judgeRepeats(trial: Trial): Promise<void> {
  trial.judge('configure.repeats', eachFits([await trial.configure(trial.epoch)], isSuccess, '2xx'));
  const twice = await Promise.all([trial.configure(trial.epoch), trial.configure(trial.epoch)]);
  trial.judge('at-once.same', eachFits(twice, isSuccess, '2xx'));
}

async function judgeOthers(trial: Trial): Promise<void> {
  const other = await trial.configure(trial.epoch + farAhead, 'valet-check-other');
  trial.judge('configure.other-project', eachFits([other], hasStatus(409), '409'));
  const own = await trial.configure(trial.epoch);
  const owner = eachFits([own], isSuccess, '2xx after another project with a larger epoch was refused');
  trial.judge('configure.no-trace', owner);
  // If that one has locked us out, only a still larger epoch tells whether larger ones are taken.
  const epoch = owner.kind === 'holds' ? trial.nextEpoch() : trial.epoch + farAhead + 1;
  const larger = eachFits([await trial.configure(epoch)], isSuccess, '2xx');
  trial.judge('configure.larger-epoch', together(larger));
  if (owner.kind !== 'holds') throw new CannotGoOn('Another project’s epoch has locked this one out.');
}
