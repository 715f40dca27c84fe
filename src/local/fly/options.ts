import type { Clock } from '../clock.js';
import type { OnProcess } from '../started-process.js';
import type { PaceName } from './pace/profiles.js';
import type { FlyTimings } from './timings.js';
import type { Unconfirmed } from './unconfirmed.js';

/** How a program is started on this computer. */
export interface MachineProgram {
  readonly command: string;
  readonly args: readonly string[];
  /** In its environment where the machine's config does not say otherwise. */
  readonly env?: Readonly<Record<string, string>>;
}

/** What is emulated, and where it keeps its things. */
export interface FlyEmulatorOptions {
  /** A folder of ours for volumes, root file systems and logs; left to the caller when the emulator stops. */
  readonly dir: string;
  /** The app that holds the machines. */
  readonly app: string;
  /** What callers must send as bearer. */
  readonly token: string;
  /** The organisation's slug; `personal` by default. */
  readonly org?: string;
  /** Further organisations by their slugs, each with the token of its own. */
  readonly orgs?: Readonly<Record<string, string>>;
  /** What any image runs that is not in `images`. */
  readonly projectServer: MachineProgram;
  /** What images run, by their name with or without tag and digest; their machines heed `init` of the config. */
  readonly images?: Readonly<Record<string, MachineProgram>>;
  /** 0, the default, takes a free one. */
  readonly port?: number;
  /** The computer's time by default. A test can hold it. */
  readonly clock?: Clock;
  /** How long things take: no longer than needed, which is the default, or as long as on Fly. */
  readonly pace?: PaceName;
  /** Instead of those of the pace. */
  readonly timings?: Partial<FlyTimings>;
  /** Where times vary; from 0 up to 1. A seeded one makes the same times again. */
  readonly random?: () => number;
  /** Whether Fly's limits on calls hold from the start; they can be turned on and off later. */
  readonly rateLimits?: boolean;
  readonly unconfirmed?: Partial<Unconfirmed>;
  /** Of the program that runs the emulator, for whoever asks it. */
  readonly version?: string;
  readonly onLog?: (line: string) => void;
  /** A second app that exists, without machines of its own at the start. */
  readonly controlPlaneApp?: string;
  /** Told of each machine's process as it starts. */
  readonly onProcess?: OnProcess;
}
