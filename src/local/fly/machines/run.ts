import type { BootOccasion } from './config/keeps-rootfs.js';
import type { StopOrder } from './config/stop-order.js';
import type { MachineContext } from './context.js';
import { exitRequest } from './events.js';
import type { MachineRecord } from './record.js';
import { afterExit, RecentRestarts } from './restart-policy.js';
import type { MachineHappening } from './state-machine.js';
import type { ProcessExit } from './vm/process.js';
import { Vm } from './vm/vm.js';
import { MachineWork } from './work.js';

/** What goes on in a machine between commands: it comes up, its program ends, the restart policy acts. */
export class MachineRun {
  readonly vm: Vm;
  readonly #record: MachineRecord;
  readonly #context: MachineContext;
  readonly #onRest: () => void;
  readonly #restarts: RecentRestarts;
  readonly #work: MachineWork;

  /** @param onRest told when its program has ended for good, by itself */
  constructor(record: MachineRecord, context: MachineContext, onRest: () => void) {
    this.#record = record;
    this.#context = context;
    this.#onRest = onRest;
    this.vm = new Vm(record, context, (exit) => this.#onOwnExit(exit));
    this.#restarts = new RecentRestarts(context.clock);
    this.#work = new MachineWork((error) => this.#onFailure(error));
  }

  begin(work: (signal: AbortSignal) => Promise<void>): void {
    this.#work.begin(work);
  }

  /** What comes to pass by itself, once nothing keeps the machine in the state that it is in. */
  async pass(event: MachineHappening, signal: AbortSignal, request?: unknown): Promise<void> {
    await this.#context.untilFree(this.#record, signal);
    this.#record.apply(event, event === 'prepared' ? 'user' : 'flyd', request);
  }

  /** The first boot, tried once. False when the program cannot be spawned. */
  async launches(signal: AbortSignal): Promise<boolean> {
    try {
      await this.vm.up('start', signal);
    } catch (error) {
      signal.throwIfAborted();
      this.log(error);
      return false;
    }
    await this.pass('up', signal);
    return true;
  }

  /** Somebody has told it to run: earlier restarts count no more. */
  forgetRestarts(): void {
    this.#restarts.forget();
  }

  /** Boots or resumes, as often as the restart policy lets it. @throws when the program cannot be spawned */
  async bringUp(occasion: BootOccasion, signal: AbortSignal): Promise<void> {
    while (!(await this.#comesUp(occasion, signal))) {
      this.#restarts.add();
      await this.#context.clock.sleep(this.#context.pace.ms('restartDelayMs'), signal);
    }
    await this.pass('up', signal);
  }

  /** Ends the program as ordered, and takes its time for that. @returns what the exit event tells; nothing if none ran */
  async bringDown(order: StopOrder, restarting: boolean, signal: AbortSignal): Promise<unknown> {
    const earliest = this.#context.clock.sleep(this.#context.pace.ms('stopMs'), signal);
    const [exit] = await Promise.all([this.vm.stop(order), earliest]);
    signal.throwIfAborted();
    return exit && this.#accountOf(exit, { requestedStop: true, restarting });
  }

  async close(): Promise<void> {
    this.#work.close();
    await this.vm.kill();
    await this.#work.ended();
  }

  /** False when the program could not be spawned and is to be tried again. @throws when it is not */
  async #comesUp(occasion: BootOccasion, signal: AbortSignal): Promise<boolean> {
    try {
      await this.vm.up(occasion, signal);
      return true;
    } catch (error) {
      signal.throwIfAborted();
      if (afterExit(this.#record.config.restart, 'failed', this.#restarts.count) === 'rest') throw error;
      return false;
    }
  }

  #onOwnExit(exit: ProcessExit): void {
    const { phase, config } = this.#record;
    const running = phase === 'starting' || phase === 'started';
    if (!running && phase !== 'suspending' && phase !== 'suspended') return;
    const end = exit.code === 0 ? 'succeeded' : 'failed';
    const restarting = running && afterExit(config.restart, end, this.#restarts.count) === 'restart';
    const account = this.#accountOf(exit, { requestedStop: false, restarting });
    if (restarting) this.#restart(account);
    else this.#rest(account);
  }

  #restart(account: unknown): void {
    this.#restarts.add();
    this.#record.events.add('exit', 'stopped', 'flyd', account);
    this.#record.apply('exited_to_restart', 'flyd');
    this.begin(async (signal) => {
      await this.#context.clock.sleep(this.#context.pace.ms('restartDelayMs'), signal);
      await this.bringUp('restart', signal);
    });
  }

  #rest(account: unknown): void {
    this.#work.abort();
    this.#record.apply('exited', 'flyd', account);
    this.#onRest();
  }

  #accountOf(exit: ProcessExit, how: { requestedStop: boolean; restarting: boolean }): unknown {
    return exitRequest({ ...how, exit, restartCount: this.#restarts.count, exitedAtMs: this.#context.clock.nowMs() });
  }

  /** Work fails when its program cannot be spawned; anything else is a fault of the emulator, and the log shows it. */
  #onFailure(error: unknown): void {
    this.log(error);
    if (this.#record.phase === 'starting') this.#record.apply('boot_failed', 'flyd');
  }

  /** Tells the emulator's owner what has gone wrong with the machine. */
  log(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    this.#context.onLog(`machine ${this.#record.identity.id}: ${message}`);
  }
}
