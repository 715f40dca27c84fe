import type { FlyTimings } from '../fly/timings.js';
import type { Program } from './program.js';

/** What the platform is to be like; all of it may be left out. */
export interface PlatformOptions {
  /** Where people and browsers go; 0, the default, takes a free one. */
  readonly port?: number;
  /** How many `valet serve`; 2 by default. */
  readonly instances?: number;
  /** Fly's autostop: how often it looks and how long a machine must be quiet. */
  readonly autostop?: { readonly passMs: number; readonly idleMs: number };
  readonly timings?: Partial<FlyTimings>;
  /** Variables for `valet serve`, instead of what the platform would set. */
  readonly settings?: Readonly<Record<string, string>>;
  /** What machines run, instead of the project server that comes with Valet. */
  readonly projectServer?: Program;
  readonly onStep?: (what: string) => void;
  /** Gives up the start. */
  readonly signal?: AbortSignal;
}

export const machineApp = 'valet-projects';
export const controlPlaneApp = 'valet';
export const defaultAutostop = { passMs: 5_000, idleMs: 30_000 };
