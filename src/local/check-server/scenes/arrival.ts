import { hasStatus, isRefusal } from '../answer.js';
import type { Scene } from '../scene.js';
import { judgeStatus, judgeStatusShape } from '../status-verdicts.js';
import { CannotGoOn, type Trial } from '../trial.js';
import { type Exchange, eachFits, notChecked } from '../verdict.js';

const calls = [
  ['GET', '/internal/status'],
  ['POST', '/internal/configure'],
  ['POST', '/internal/archive-to-r2'],
  ['POST', '/internal/restore-from-r2'],
  ['POST', '/internal/resume'],
] as const;

export const arrival: Scene = {
  name: 'arrival',
  groups: ['status', 'secrets', 'configure'],
  needs: [],
  async play(trial) {
    await judgeSecrets(trial);
    const status = await trial.status();
    if (trial.parts.kind === 'full') trial.judge('status.shape', judgeStatusShape(status));
    if (trial.verdict('status.shape')?.kind === 'does_not_hold') throw new CannotGoOn('Its status cannot be read.');
    await judgeFirst(trial, status);
  },
};

async function judgeSecrets(trial: Trial): Promise<void> {
  const missing = await eachCall(trial, {}, 'without a secret');
  trial.judge('secrets.missing', eachFits(missing, hasStatus(401), '401'));
  const wrong = await eachCall(trial, { authorization: 'Bearer not-the-secret' }, 'with a wrong secret');
  trial.judge('secrets.wrong', eachFits(wrong, hasStatus(401), '401'));
}

/** A basic server answers 404 to what it does not know, whoever asks. */
async function eachCall(trial: Trial, headers: Readonly<Record<string, string>>, remark: string): Promise<Exchange[]> {
  const exchanges: Exchange[] = [];
  for (const [method, path] of calls) {
    const body = path === '/internal/configure' ? { project_id: 'valet-check-stranger', deploy_key: 'none' } : {};
    const epoch = method === 'POST' ? { 'valet-epoch': String(trial.epoch + 1) } : {};
    const said = method === 'POST' ? body : undefined;
    const exchange = await trial.send(method, path, { ...epoch, ...headers }, said, `, ${remark}`);
    if (trial.parts.kind === 'full' || exchange.answer.status !== 404) exchanges.push(exchange);
  }
  return exchanges;
}

async function judgeFirst(trial: Trial, status: Exchange): Promise<void> {
  const { isFresh, kind, projectId } = trial.parts;
  const isSame = judgeStatus(
    status,
    ({ project_id }) => (isFresh ? (project_id ?? null) === null : project_id === projectId),
    isFresh ? 'no project' : `project ${projectId}`,
  );
  if (kind === 'full') trial.judge('secrets.no-trace', isSame);
  if (!isFresh) {
    const why = notChecked('It was a project’s already.');
    for (const id of ['status.fresh', 'configure.first'] as const) trial.judge(id, why);
    return;
  }
  trial.judge(
    'status.fresh',
    judgeStatus(status, ({ serving }) => serving !== true, 'serving not true'),
  );
  const order = trial.archiveOrder();
  const archive = await trial.post('archive-to-r2', trial.epoch, order);
  const download = { r2_key: order.r2_key, r2_checksum: '0'.repeat(64), download_url: order.upload_url };
  const restore = await trial.post('restore-from-r2', trial.epoch, download);
  trial.judge('configure.first', eachFits([archive, restore], isRefusal, '4xx'));
}
