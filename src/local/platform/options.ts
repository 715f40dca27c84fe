import type { FlyTimings } from '../fly/timings.js';
import type { ValetProgram } from './valet-process.js';

export interface PlatformOptions {
  /** How `valet` and the project server are started. */
  readonly valet: ValetProgram;
  readonly projectServer: ValetProgram;
  /** Where people and browsers go; 0 takes a free one. */
  readonly port: number;
  /** How many `valet serve`. */
  readonly instances: number;
  /** Fly's autostop: how often it looks and how long a machine must be quiet. */
  readonly autostop: { readonly passMs: number; readonly idleMs: number };
  readonly timings?: Partial<FlyTimings>;
  /** Added to the environment of `valet serve`. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly onStep?: (what: string) => void;
}

export const machineApp = 'valet-projects';
export const controlPlaneApp = 'valet';
