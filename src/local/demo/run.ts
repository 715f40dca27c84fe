import { type LocalPlatform, startPlatform } from '../platform/platform.js';
import { projectServerProgram, valetProgram } from '../programs.js';
import { type DemoReport, type DemoStep, tell } from './report.js';
import { story } from './story.js';
import { Visitor } from './visitor.js';
import { Witness } from './witness.js';

export interface DemoOptions {
  readonly onStart?: (what: string) => void;
  readonly onStep: (step: DemoStep, number: number, of: number) => void;
  readonly signal: AbortSignal;
}

/** Tells the story on a platform of its own, with every time shortened that is days or minutes otherwise. */
export async function runDemo(options: DemoOptions): Promise<DemoReport> {
  await using opening = new AsyncDisposableStack();
  const platform: LocalPlatform = opening.adopt(
    await startPlatform({
      valet: valetProgram(),
      projectServer: projectServerProgram(),
      port: 0,
      instances: 2,
      autostop: { passMs: 250, idleMs: 1_000 },
      settings: { WARM_POOL_SIZE: '2', VOLUME_KEEP_HOURS: '0', LOG_LEVEL: 'debug' },
      ...(options.onStart && { onStep: options.onStart }),
    }),
    (it) => it.stop(),
  );
  const visitor = opening.use(new Visitor());
  const witness = new Witness(platform, visitor, valetProgram());
  const stage = { platform, visitor, witness, told: { warm: [], projectId: '', machineId: '' } };
  return await tell(story, stage, (step, number) => options.onStep(step, number, story.length), options.signal);
}
