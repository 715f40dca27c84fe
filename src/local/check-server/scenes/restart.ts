import { hasStatus, isSuccess, isTurnedAway, sayAnswer } from '../answer.js';
import type { Scene } from '../scene.js';
import { judgeStatus } from '../status-verdicts.js';
import { CannotGoOn, type Trial } from '../trial.js';
import { eachFits, notChecked, together } from '../verdict.js';

const ids = ['restarts.project', 'restarts.epoch', 'restarts.quiesced'] as const;

/** Restarts it while it is quiesced, which is when it has most to remember. */
export const restart: Scene = {
  name: 'restart',
  groups: ['restarts'],
  needs: ['cancel'],
  async play(trial) {
    const { restart: restartServer, kind } = trial.parts;
    if (restartServer === undefined || kind === 'basic') {
      const why = kind === 'basic' ? 'A basic server may leave this out.' : 'No --restart was given.';
      for (const id of ids) trial.judge(id, notChecked(why));
      return;
    }
    const { answer } = await trial.archive(trial.nextEpoch());
    if (!isSuccess(answer)) throw new CannotGoOn(`It was not archived again: ${sayAnswer(answer)}`);
    await restartServer();
    await trial.parts.conversation.untilAnswered({ method: 'GET', path: '/internal/status', headers: trial.bearer });
    await judgeRestarted(trial);
    await trial.post('resume', trial.nextEpoch());
  },
};

async function judgeRestarted(trial: Trial): Promise<void> {
  const { projectId } = trial.parts;
  const status = await trial.status();
  const same = judgeStatus(status, ({ project_id }) => project_id === projectId, `project ${projectId}`);
  trial.judge('restarts.project', same);
  const quiesced = judgeStatus(status, (said) => said.quiesced === true, 'quiesced true');
  const turnedAway = eachFits([await trial.visit()], isTurnedAway, '503 with Retry-After, or fly-replay');
  trial.judge('restarts.quiesced', together(quiesced, turnedAway));
  const smaller = await trial.post('resume', trial.epoch - 1);
  trial.judge('restarts.epoch', eachFits([smaller], hasStatus(409), '409'));
}
