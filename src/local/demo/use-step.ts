import { about, demoKey, demoText } from './about.js';
import type { StoryStep } from './report.js';
import type { Stage } from './stage.js';

export const useStep: StoryStep<Stage> = {
  name: 'Data is written and read, a WebSocket echoes',
  run: async (stage, signal) => {
    const { platform, visitor, told } = stage;
    const host = `${told.projectId}.localhost:${platform.proxy.port}`;
    const written = await visitor.see(`${platform.proxy.url}/kv/${demoKey}`, {
      method: 'PUT',
      host,
      body: demoText,
      signal,
    });
    if (written.status >= 300)
      throw new Error(`Writing at ${host} answered ${written.status}: ${written.text.slice(0, 200)}`);
    const read = await visitor.see(`${platform.publicUrl}/projects/${told.projectId}/kv/${demoKey}`, { signal });
    if (read.text !== demoText) throw new Error(`Reading by path answered ${read.status}: ${read.text.slice(0, 200)}`);
    const echoed = await visitor.echo(
      `ws://localhost:${platform.proxy.port}/projects/${told.projectId}/ws`,
      'hello',
      signal,
    );
    if (echoed !== 'hello') throw new Error(`The WebSocket answered ${JSON.stringify(echoed)}.`);
    const header = await replayHeader(stage, host, signal);
    const seen = await visitor.read(about, `${platform.proxy.url}/about`, { host, signal });
    if (seen.machine_id !== told.machineId || seen.replay_src === null)
      throw new Error('The answer did not come by replay.');
    return `http://${host}/ and /projects/${told.projectId}/ and its /ws; valet serve answers "fly-replay: ${header}"`;
  },
};

/** Asked directly, without the proxy, the control plane answers with the header and nothing else. */
async function replayHeader({ platform, visitor, told }: Stage, host: string, signal: AbortSignal): Promise<string> {
  const instance = platform.instances.find((candidate) => candidate.running);
  const answer = await visitor.see(`http://${instance?.host}:${instance?.port}/kv/${demoKey}`, { host, signal });
  const header = answer.headers['fly-replay'];
  if (typeof header === 'string' && header.includes(`instance=${told.machineId}`)) return header;
  throw new Error(`valet serve answered ${answer.status} without a replay to ${told.machineId}.`);
}
