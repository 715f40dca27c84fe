import { type BootOccasion, keepsRootfs } from '../config/keeps-rootfs.js';
import type { StopOrder } from '../config/stop-order.js';
import type { Boot, MachineContext } from '../context.js';
import type { MachineRecord } from '../record.js';
import type { CommandOrder, CommandResult, RunningCommand } from './command.js';
import type { ProcessExit } from './process.js';

/** What stands for the virtual machine: one program at a time, and the commands beside it. */
export class Vm {
  readonly #record: MachineRecord;
  readonly #context: MachineContext;
  readonly #onOwnExit: (exit: ProcessExit) => void;
  readonly #commands = new Set<RunningCommand>();
  #boot: Boot | undefined;
  #snapshotLost = false;

  /** @param onOwnExit told when a program ends that nobody has told to */
  constructor(record: MachineRecord, context: MachineContext, onOwnExit: (exit: ProcessExit) => void) {
    this.#record = record;
    this.#context = context;
    this.#onOwnExit = onOwnExit;
  }

  /** Undefined before the first boot. */
  get port(): number | undefined {
    return this.#boot?.port;
  }

  /** Leaders of the process groups that run in it. */
  get leaders(): readonly number[] {
    const program = this.#boot?.process;
    if (program === undefined || program.ended) return [];
    return [program.pid, ...[...this.#commands].flatMap(({ pid }) => (pid === undefined ? [] : [pid]))];
  }

  /** From the snapshot where there is one, else a cold boot. @throws when the program cannot be spawned */
  async up(occasion: BootOccasion, signal: AbortSignal): Promise<void> {
    const { clock, pace } = this.#context;
    const earlier = this.#boot?.process;
    if (earlier?.resumable && !this.#snapshotLost) {
      await clock.sleep(pace.ms('resumeMs'), signal);
      earlier.resume();
      this.#tellCommands('SIGCONT');
      return;
    }
    await earlier?.kill();
    await this.#coldBoot(occasion, signal);
    await clock.sleep(pace.ms('startMs'), signal);
  }

  pause(): void {
    this.#boot?.process.pause();
    this.#tellCommands('SIGSTOP');
  }

  signal(name: NodeJS.Signals): void {
    this.#boot?.process.signal(name);
  }

  /** Undefined when nothing ran. */
  async stop(order: StopOrder): Promise<ProcessExit | undefined> {
    const program = this.#boot?.process;
    return program === undefined || program.ended ? undefined : program.stop(order.signal, order.timeoutMs);
  }

  async kill(): Promise<void> {
    await this.#boot?.process.kill();
    await Promise.all([...this.#commands].map(({ ended }) => ended));
  }

  /** Ends the program as a crash would: what follows is the restart policy's affair. False when none runs. */
  crash(): boolean {
    return this.#boot?.process.crash() ?? false;
  }

  /** The next start from `suspended` is a cold boot. */
  loseSnapshot(): void {
    this.#snapshotLost = true;
  }

  async run(order: CommandOrder): Promise<CommandResult> {
    if (this.#boot === undefined) throw new Error('Nothing runs in a machine that was never started.');
    const command = this.#boot.run(order);
    this.#commands.add(command);
    try {
      return await command.ended;
    } finally {
      this.#commands.delete(command);
    }
  }

  async #coldBoot(occasion: BootOccasion, signal: AbortSignal): Promise<void> {
    const record = this.#record;
    const boot = await this.#context.boot({ record, keepsRootfs: keepsRootfs(record.config, occasion), signal });
    void boot.process.exited.then((exit) => {
      if (this.#boot === boot) this.#tellCommands('SIGKILL');
      if (!boot.process.endRequested) this.#onOwnExit(exit);
    });
    // Whoever ended this work meanwhile did not see the program and could not end it.
    if (signal.aborted) await boot.process.kill();
    signal.throwIfAborted();
    this.#boot = boot;
    this.#snapshotLost = false;
  }

  #tellCommands(signal: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): void {
    for (const command of this.#commands) command.signal(signal);
  }
}
