import { hasStatus, isRefusal } from '../answer.js';
import type { Scene } from '../scene.js';
import { judgeStatus } from '../status-verdicts.js';
import type { PostCall, Trial } from '../trial.js';
import { type Exchange, eachFits } from '../verdict.js';

export const epochs: Scene = {
  name: 'epochs',
  groups: ['epochs'],
  needs: ['configure'],
  async play(trial) {
    if (trial.parts.kind === 'basic') return;
    const unnamed = await eachPost(trial, (call, body) => {
      const headers: Record<string, string> = {
        ...trial.bearer,
        ...(call === 'resume' ? {} : { 'valet-epoch': 'soon' }),
      };
      return trial.send('POST', `/internal/${call}`, headers, body, ', no integer as epoch');
    });
    trial.judge('epochs.required', eachFits(unnamed, isRefusal, '4xx'));
    const smaller = await eachPost(trial, (call, body) => trial.post(call, trial.epoch - 1, body));
    trial.judge('epochs.smaller', eachFits(smaller, hasStatus(409), '409'));
    const tells = eachFits(
      smaller,
      ({ body }) => body?.code === 'stale_epoch' && body.epoch === trial.epoch,
      `code stale_epoch and epoch ${trial.epoch}`,
    );
    trial.judge('epochs.told', tells);
    const kept = judgeStatus(await trial.status(), ({ epoch }) => epoch === trial.epoch, `epoch ${trial.epoch}`);
    trial.judge('epochs.kept', kept);
  },
};

async function eachPost(trial: Trial, ask: (call: PostCall, body: unknown) => Promise<Exchange>): Promise<Exchange[]> {
  const { r2_key, upload_url } = trial.archiveOrder();
  const exchanges: Exchange[] = [];
  const bodies: readonly [PostCall, unknown][] = [
    ['configure', { project_id: trial.parts.projectId, deploy_key: trial.deployKey }],
    ['archive-to-r2', { r2_key, upload_url }],
    ['restore-from-r2', { r2_key, r2_checksum: '0'.repeat(64), download_url: upload_url }],
    ['resume', {}],
  ];
  for (const [call, body] of bodies) exchanges.push(await ask(call, body));
  return exchanges;
}
