import type { Clock } from '../../clock.js';
import type { Hosts } from '../hosts/hosts.js';
import type { Pacing } from '../timings.js';
import type { UnconfirmedAnswers } from '../unconfirmed.js';
import type { MachineRecord } from './record.js';
import type { CommandOrder, RunningCommand } from './vm/command.js';
import type { MachineProcess } from './vm/process.js';

/** A program that was started for the machine. */
export interface Boot {
  readonly process: MachineProcess;
  /** The loopback port that stands for its `internal_port`. */
  readonly port: number;
  /** Runs a command beside it, in the same place. */
  readonly run: (order: CommandOrder) => RunningCommand;
}

export interface MachineContext {
  readonly pace: Pacing;
  readonly clock: Clock;
  readonly hosts: Hosts;
  readonly unconfirmed: UnconfirmedAnswers;
  /** Resolves when no fault keeps the machine in the state that it is about to leave. @throws the signal's reason */
  readonly untilFree: (record: MachineRecord, signal: AbortSignal) => Promise<void>;
  /** Starts the program afresh. @throws when it cannot be spawned */
  readonly boot: (request: {
    readonly record: MachineRecord;
    readonly keepsRootfs: boolean;
    readonly signal: AbortSignal;
  }) => Promise<Boot>;
  /** Called once, when the machine has become `destroyed`. */
  readonly onDestroyed: (record: MachineRecord) => Promise<void>;
  readonly onLog: (line: string) => void;
}
