import { hasStatus, isRefusal, isSuccess } from '../answer.js';
import type { Scene } from '../scene.js';
import { statusIn } from '../status-verdicts.js';
import type { Trial } from '../trial.js';
import { broken, type Exchange, eachFits, holds, notChecked, type Verdict } from '../verdict.js';

const hugeBytes = 8 * 1024 * 1024;

export const edges: Scene = {
  name: 'edges',
  groups: ['activity', 'paths', 'bodies'],
  needs: ['configure'],
  async play(trial) {
    await judgePaths(trial);
    if (trial.parts.kind === 'full') await judgeUse(trial);
    trial.judge('activity.reports', judgeReports(trial));
    await judgeBodies(trial);
  },
};

async function judgePaths(trial: Trial): Promise<void> {
  const headers = { ...trial.bearer, 'valet-epoch': String(trial.epoch) };
  const unknown: Exchange[] = [];
  for (const method of ['GET', 'HEAD', 'POST']) {
    const body = method === 'POST' ? {} : undefined;
    unknown.push(await trial.send(method, '/internal/no-such-call', headers, body));
  }
  trial.judge('paths.unknown', eachFits(unknown, hasStatus(404), '404'));
  const read = await trial.send('GET', '/internal/archive-to-r2', headers);
  trial.judge('paths.method', eachFits([read], isRefusal, '4xx'));
}

async function judgeUse(trial: Trial): Promise<void> {
  await trial.visit();
  const lastUse = async () => statusIn((await trial.status()).answer)?.last_activity_at ?? null;
  const before = await lastUse();
  const observed = { 'fly-replay-src': 'instance=0123456789abcd;region=sjc;t=1;state=observer' };
  if (before === null) {
    const why = notChecked('Its status tells no last_activity_at.');
    trial.judge('activity.status-is-no-use', why);
    trial.judge('activity.observers', why);
    return;
  }
  await trial.configure(trial.nextEpoch());
  const later = await lastUse();
  const judge = (sent: string, found: string | null, from: string | null) =>
    found === from ? holds : broken(sent, `last_activity_at ${found}; wanted ${from}`);
  trial.judge('activity.status-is-no-use', judge('GET /internal/status and a configure', later, before));
  const visit = await trial.visit(observed);
  trial.judge('activity.observers', judge(`${visit.sent}, state=observer`, await lastUse(), later));
}

function judgeReports({ parts: { endpoint, projectId, secret } }: Trial): Verdict {
  const { reports } = endpoint;
  if (reports.length === 0) {
    return notChecked(
      `None came. Start the server with VALET_CONTROL_URL=${endpoint.baseUrl} (give it with --listen).`,
    );
  }
  const own = new RegExp(`/api/projects/${projectId}/activity$`);
  const stranger = reports.find(({ path }) => !own.test(path));
  if (stranger !== undefined) return broken('use of the project', `POST ${stranger.path}; wanted ${projectId}`);
  const isOwn = reports.every(({ authorization }) => authorization === `Bearer ${secret}`);
  return isOwn ? holds : broken('use of the project', 'a report without its own secret as bearer');
}

async function judgeBodies(trial: Trial): Promise<void> {
  const { kind, projectId } = trial.parts;
  const post = (call: 'configure' | 'archive-to-r2', body: unknown, remark: string) =>
    trial.post(call, trial.epoch, body, { remark });
  const malformed = [
    await post('configure', '{"project_id":', 'half of an object'),
    await post('configure', { project_id: 7 }, 'a number for project_id'),
    await post('archive-to-r2', 'null', 'null'),
  ];
  const refused = kind === 'full' ? isRefusal : (answer: Exchange['answer']) => !isSuccess(answer);
  trial.judge('bodies.malformed', eachFits(malformed, refused, kind === 'full' ? '4xx' : 'no 2xx'));
  const more = { project_id: projectId, deploy_key: trial.deployKey, of_a_later_version: { any: 'thing' } };
  const unknown = await post('configure', more, 'with a field more');
  trial.judge('bodies.unknown-fields', eachFits([unknown], isSuccess, '2xx'));
  const huge = await post('configure', { ...more, of_a_later_version: 'x'.repeat(hugeBytes) }, `${hugeBytes} bytes`);
  // A connection that is closed in the middle is a refusal too.
  trial.judge(
    'bodies.huge',
    eachFits([huge], (answer) => !isSuccess(answer), 'no 2xx'),
  );
  const alive = await trial.status();
  const answers = kind === 'full' ? isSuccess : hasStatus(404);
  trial.judge('bodies.alive', eachFits([alive], answers, kind === 'full' ? 'a status' : '404'));
}
