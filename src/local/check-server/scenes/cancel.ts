import { isServed, isSuccess } from '../answer.js';
import { judgeArchive } from '../archive-verdicts.js';
import type { Mode } from '../object-endpoint.js';
import type { Scene } from '../scene.js';
import { judgeStatus, statusIn } from '../status-verdicts.js';
import type { Trial } from '../trial.js';
import { type Exchange, eachFits, together, type Verdict } from '../verdict.js';

/** How long an overtaken upload may keep a resume waiting. */
const promptMs = 2_000;

/** Uploads that fail, one that hangs, and the way back to serving. Finds the server quiesced. */
export const cancel: Scene = {
  name: 'cancel',
  groups: ['archive', 'resume', 'at-once', 'quiesced'],
  needs: ['archive'],
  async play(trial) {
    if (trial.parts.kind === 'basic') return;
    trial.judge('archive.failed-upload', await judgeFailures(trial));
    const again = judgeArchive(await trial.archive(trial.nextEpoch()));
    trial.judge('archive.again', together(again.answer, again.bytes, again.sound));
    const resume = await resumeWhileUploading(trial);
    await judgeResumed(trial, resume);
  },
};

async function judgeFailures(trial: Trial): Promise<Verdict> {
  const modes: readonly Mode[] = [{ status: 403 }, { status: 500 }, 'cut'];
  const verdicts: Verdict[] = [];
  for (const mode of modes) {
    const failed = await withMode(trial, mode, () =>
      trial.post('archive-to-r2', trial.nextEpoch(), trial.archiveOrder()),
    );
    const how = mode === 'cut' ? 'an upload that was cut off' : 'an upload that was refused';
    verdicts.push(eachFits([failed], (answer) => answer.status >= 400, `4xx or 5xx after ${how}`));
    verdicts.push(judgeStatus(await trial.status(), () => true, `a status after ${how}`));
  }
  return together(...verdicts);
}

export async function withMode<T>(trial: Trial, mode: Mode, act: () => Promise<T>): Promise<T> {
  const { endpoint } = trial.parts;
  endpoint.mode = mode;
  try {
    return await act();
  } finally {
    endpoint.mode = 'well';
  }
}

/** Returns the resume, answered. */
async function resumeWhileUploading(trial: Trial): Promise<Exchange> {
  const { promise: heldUntil, resolve: letGo } = Promise.withResolvers<void>();
  try {
    return await withMode(trial, { heldUntil }, async () => {
      const archiving = trial.post('archive-to-r2', trial.nextEpoch(), trial.archiveOrder());
      await untilUploading(trial, archiving);
      trial.judge(
        'at-once.status',
        eachFits([await trial.status()], (answer) => statusIn(answer) !== null, 'a status'),
      );
      const startedAtMs = performance.now();
      const resuming = trial.post('resume', trial.nextEpoch());
      const late = setTimeout(letGo, promptMs);
      const resume = await resuming;
      clearTimeout(late);
      const isPrompt = () => performance.now() - startedAtMs < promptMs;
      trial.judge('at-once.overtakes', eachFits([resume], isPrompt, `an answer within ${promptMs} ms`));
      letGo();
      await archiving;
      return resume;
    });
  } finally {
    letGo();
  }
}

async function untilUploading(trial: Trial, archiving: Promise<unknown>): Promise<void> {
  const { endpoint } = trial.parts;
  const before = endpoint.arrived;
  let isOver = false;
  void archiving.finally(() => {
    isOver = true;
  });
  while (endpoint.arrived === before && !isOver) await new Promise((resolve) => setTimeout(resolve, 5));
}

async function judgeResumed(trial: Trial, resume: Exchange): Promise<void> {
  const serves = async () =>
    together(
      eachFits([await trial.visit()], isServed, 'no 503 after resume'),
      judgeStatus(await trial.status(), ({ quiesced, serving }) => quiesced !== true && serving !== false, 'serving'),
    );
  trial.judge('resume.serves', together(eachFits([resume], isSuccess, '2xx'), await serves()));
  const repeat = eachFits([await trial.post('resume', trial.epoch)], isSuccess, '2xx');
  trial.judge('resume.repeats', together(repeat, await serves()));
}
