import { startPlatform } from '../platform/platform.js';
import { complaintsOf } from './complaints.js';
import { type DemoReport, type DemoStep, tell } from './report.js';
import { story } from './story.js';
import { Visitor } from './visitor.js';
import { Witness } from './witness.js';

/** What the demonstration is told to, and on what it runs. */
export interface DemoOptions {
  readonly onStart?: (what: string) => void;
  readonly onStep: (step: DemoStep, number: number, of: number) => void;
  /** Variables for `valet serve`. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** The demonstration, told as it goes. */
export interface ToldDemo extends DemoReport {
  /** What the instances have warned of, when the story broke. */
  readonly complaints: readonly string[];
}

/** Weeks and minutes made short enough to be watched. */
const shortened = { WARM_POOL_SIZE: '2', VOLUME_KEEP_HOURS: '0', LOG_LEVEL: 'debug' };

/** Tells the story on a platform of its own, of which nothing is left afterwards. */
export async function runDemo(options: DemoOptions): Promise<ToldDemo> {
  const { signal, onStart, onStep, settings } = options;
  await using platform = await startPlatform({
    autostop: { passMs: 250, idleMs: 1_000 },
    settings: { ...shortened, ...settings },
    signal,
    ...(onStart && { onStep: onStart }),
  });
  await using visitor = new Visitor();
  const witness = new Witness(platform, visitor);
  const stage = { platform, visitor, witness, told: { warm: [], projectId: '', machineId: '' } };
  const report = await tell(story, stage, (step, number) => onStep(step, number, story.length), signal);
  return { ...report, complaints: report.ok ? [] : await complaintsOf(platform.instances) };
}
