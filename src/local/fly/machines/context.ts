import type { Clock } from '../../clock.js';
import type { Hosts } from '../hosts/hosts.js';
import type { FlyTimings } from '../timings.js';
import type { UnconfirmedAnswers } from '../unconfirmed.js';
import type { MachineProcess } from './process.js';
import type { MachineRecord } from './record.js';

/** A program that was started for the machine, and the loopback port that stands for its `internal_port`. */
export interface Boot {
  readonly process: MachineProcess;
  readonly port: number;
}

export interface MachineContext {
  readonly pace: { readonly timings: FlyTimings };
  readonly clock: Clock;
  readonly hosts: Hosts;
  readonly unconfirmed: UnconfirmedAnswers;
  /** Resolves when no fault keeps the machine in the state that it is about to leave. @throws the signal's reason */
  readonly untilFree: (record: MachineRecord, signal: AbortSignal) => Promise<void>;
  /** Starts the program afresh. */
  readonly boot: (record: MachineRecord, signal: AbortSignal) => Promise<Boot>;
  /** Called once, when the machine has become `destroyed`. */
  readonly onDestroyed: (record: MachineRecord) => void;
  readonly onLog: (line: string) => void;
}
