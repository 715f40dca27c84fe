import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import type { Clock } from '../../../clock.js';

export interface ProcessOrder {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Both outputs are added to it. */
  readonly logPath: string;
  /** Says when a program has had enough time to end. */
  readonly clock: Clock;
}

export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/**
 * One run of a machine's program. It leads a process group of its own, so that whatever it starts is paused and ended
 * with it. Its stdin is a pipe that nothing is written to: its end tells the program that the emulator is gone.
 */
export class MachineProcess {
  readonly exited: Promise<ProcessExit>;
  readonly #pid: number;
  readonly #clock: Clock;
  #ended = false;
  #endRequested = false;
  #paused = false;

  /** @throws when the program cannot be started */
  constructor(order: ProcessOrder) {
    const child = spawnWithLog(order);
    // A spawn that failed is reported by an event as well, which would end this process if nobody listened.
    child.on('error', () => undefined);
    child.stdin?.on('error', () => undefined);
    if (child.pid === undefined) throw new Error(`The program ${order.command} could not be started.`);
    this.#pid = child.pid;
    this.#clock = order.clock;
    this.exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.#ended = true;
        // The VM ends with its main program: what that left behind ends too.
        signalGroup(this.#pid, 'SIGKILL');
        resolve({ code, signal });
      });
    });
  }

  /** Of the program, and of the group that it leads. */
  get pid(): number {
    return this.#pid;
  }

  /** Paused and still there: its memory is the machine's snapshot. */
  get resumable(): boolean {
    return this.#paused && !this.#ended && !this.#endRequested;
  }

  /** Whether somebody here asked for the end; otherwise the program ended on its own. */
  get endRequested(): boolean {
    return this.#endRequested;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** To the program alone, as somebody else's signal: whether it ends is its own affair. */
  signal(signal: NodeJS.Signals): void {
    if (!this.#ended) sendSignal(this.#pid, signal);
  }

  pause(): void {
    this.#paused = true;
    if (!this.#ended) signalGroup(this.#pid, 'SIGSTOP');
  }

  resume(): void {
    this.#paused = false;
    if (!this.#ended) signalGroup(this.#pid, 'SIGCONT');
  }

  /** Asks the program to end, and ends its group when it has not after `timeoutMs`. A paused one cannot be asked. */
  async stop(signal: NodeJS.Signals, timeoutMs: number): Promise<ProcessExit> {
    if (this.#paused) return this.kill();
    this.#endRequested = true;
    if (!this.#ended) sendSignal(this.#pid, signal);
    const spare = this.#clock.after(timeoutMs, () => signalGroup(this.#pid, 'SIGKILL'));
    try {
      return await this.exited;
    } finally {
      spare();
    }
  }

  /** Nobody here is to have asked for it. False when it has ended already. */
  crash(): boolean {
    if (this.#ended || this.#endRequested) return false;
    signalGroup(this.#pid, 'SIGKILL');
    return true;
  }

  async kill(): Promise<ProcessExit> {
    this.#endRequested = true;
    if (!this.#ended) signalGroup(this.#pid, 'SIGKILL');
    return this.exited;
  }
}

/** To all that the leader has started and that did not leave its group. */
export function signalGroup(leaderPid: number, signal: NodeJS.Signals): void {
  sendSignal(-leaderPid, signal);
}

/** A negative target is a process group. One that is gone already has nothing left to be told. */
function sendSignal(target: number, signal: NodeJS.Signals): void {
  try {
    process.kill(target, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

function spawnWithLog(order: ProcessOrder): ChildProcess {
  const log = openSync(order.logPath, 'a');
  try {
    return spawn(order.command, [...order.args], {
      env: { ...order.env },
      cwd: order.cwd,
      detached: true,
      stdio: ['pipe', log, log],
    });
  } finally {
    closeSync(log);
  }
}
