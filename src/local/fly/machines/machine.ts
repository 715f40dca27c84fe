import type { Clock } from '../../clock.js';
import { refusals } from '../refusal.js';
import { type MachineConfig, type StopRequest, stopOrder, suspendObstacle } from './config.js';
import type { Boot, MachineContext } from './context.js';
import { type EventSource, exitRequest } from './events.js';
import type { ProcessExit } from './process.js';
import type { MachineRecord } from './record.js';
import { afterExit } from './restart-policy.js';
import { outcomeOfUpdate } from './state-machine.js';

/**
 * One machine: its commands answer at once, or throw a FlyRefusal, and what they began goes on by itself. A newer
 * command ends the work of an older one.
 */
export class Machine {
  readonly record: MachineRecord;
  readonly #context: MachineContext;
  #boot: Boot | undefined;
  #snapshotLost = false;
  #restarts = 0;
  #work = new AbortController();
  #pending: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(record: MachineRecord, context: MachineContext) {
    this.record = record;
    this.#context = context;
  }

  get clock(): Clock {
    return this.#context.clock;
  }

  /** Undefined while the machine is not started. */
  get address(): { host: string; port: number } | undefined {
    if (this.record.phase !== 'started' || this.#boot === undefined) return undefined;
    return { host: '127.0.0.1', port: this.#boot.port };
  }

  /** What follows a create. */
  launch(skipLaunch: boolean): void {
    this.#begin(async (signal) => {
      await this.#context.clock.sleep(this.#context.pace.timings.createdMs, signal);
      await this.#context.untilFree(this.record, signal);
      this.record.apply('prepared', 'user');
      if (skipLaunch) return;
      this.record.apply('start', 'user');
      await this.#bringUp(signal);
    });
  }

  start(source: EventSource): void {
    if (!this.record.apply('start', source)) return;
    this.#restarts = 0;
    this.#begin((signal) => this.#bringUp(signal));
  }

  stop(source: EventSource, request: StopRequest = {}): void {
    if (!this.record.apply('stop', source)) return;
    const order = stopOrder(this.record.config, request);
    this.#begin(async (signal) => {
      const earliest = this.#context.clock.sleep(this.#context.pace.timings.stopMs, signal);
      const [exit] = await Promise.all([this.#boot?.process.stop(order.signal, order.timeoutMs), earliest]);
      signal.throwIfAborted();
      await this.#context.untilFree(this.record, signal);
      this.record.apply('down', 'flyd', exit && this.#accountOf(exit, { requestedStop: true, restarting: false }));
    });
  }

  suspend(source: EventSource): void {
    const obstacle = suspendObstacle(this.record.config);
    if (obstacle !== undefined) throw refusals.failedPrecondition(`unable to suspend machine: ${obstacle} cannot be`);
    if (!this.record.apply('suspend', source)) return;
    this.#begin(async (signal) => {
      this.#boot?.process.pause();
      await this.#context.clock.sleep(this.#context.pace.timings.suspendMs, signal);
      await this.#context.untilFree(this.record, signal);
      this.record.apply('paused', 'flyd');
    });
  }

  update(config: MachineConfig, skipLaunch: boolean): void {
    const outcome = outcomeOfUpdate(this.record.phase, skipLaunch);
    const order = stopOrder(this.record.config);
    this.record.apply('update', 'user');
    this.record.replaceConfig(config);
    this.#begin(async (signal) => {
      await this.#boot?.process.stop(order.signal, order.timeoutMs);
      await this.#context.clock.sleep(this.#context.pace.timings.replaceMs, signal);
      await this.#context.untilFree(this.record, signal);
      this.record.apply(outcome, 'flyd');
      if (outcome === 'replaced_to_start') await this.#bringUp(signal);
    });
  }

  destroy(force: boolean): void {
    if (!this.record.apply(force ? 'force_destroy' : 'destroy', 'user')) return;
    this.#begin(async (signal) => {
      await this.#boot?.process.kill();
      await this.#context.clock.sleep(this.#context.pace.timings.destroyMs, signal);
      await this.#context.untilFree(this.record, signal);
      this.record.apply('gone', 'flyd');
      this.#context.onDestroyed(this.record);
    });
  }

  /** Ends its program as a crash would: what follows is its restart policy's affair. False when none runs. */
  crash(): boolean {
    return this.#boot?.process.crash() ?? false;
  }

  /** The next start from `suspended` is a cold boot. */
  loseSnapshot(): void {
    this.#snapshotLost = true;
  }

  /** Ends the program, without a trace in the state, and resolves when all work has ended. Safe to repeat. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#work.abort();
    await this.#boot?.process.kill();
    await this.#pending;
  }

  async #bringUp(signal: AbortSignal): Promise<void> {
    const { clock, pace } = this.#context;
    const earlier = this.#boot?.process;
    if (earlier?.resumable && !this.#snapshotLost) {
      await clock.sleep(pace.timings.resumeMs, signal);
      earlier.resume();
    } else {
      await earlier?.kill();
      await this.#coldBoot(signal);
      await clock.sleep(pace.timings.startMs, signal);
    }
    await this.#context.untilFree(this.record, signal);
    this.record.apply('up', 'flyd');
  }

  async #coldBoot(signal: AbortSignal): Promise<void> {
    const boot = await this.#context.boot(this.record, signal);
    // Whoever ended this work meanwhile did not see the program and could not end it.
    if (signal.aborted) await boot.process.kill();
    signal.throwIfAborted();
    this.#boot = boot;
    this.#snapshotLost = false;
    void boot.process.exited.then((exit) => {
      if (!boot.process.endRequested) this.#onOwnExit(exit);
    });
  }

  #onOwnExit(exit: ProcessExit): void {
    const { phase, config } = this.record;
    const running = phase === 'starting' || phase === 'started';
    if (!running && phase !== 'suspending' && phase !== 'suspended') return;
    const restarting = running && afterExit(config.restart, exit, this.#restarts) === 'restart';
    const account = this.#accountOf(exit, { requestedStop: false, restarting });
    if (restarting) this.#restart(account);
    else this.#rest(account, config.auto_destroy === true);
  }

  #restart(account: unknown): void {
    this.#restarts += 1;
    this.record.events.add('exit', 'stopped', 'flyd', account);
    this.record.apply('exited_to_restart', 'flyd');
    this.#begin(async (signal) => {
      await this.#context.clock.sleep(this.#context.pace.timings.restartDelayMs, signal);
      await this.#bringUp(signal);
    });
  }

  #rest(account: unknown, thenDestroy: boolean): void {
    this.#work.abort();
    this.record.apply('exited', 'flyd', account);
    if (thenDestroy) this.destroy(false);
  }

  #accountOf(exit: ProcessExit, how: { requestedStop: boolean; restarting: boolean }): unknown {
    return exitRequest({ ...how, exit, restartCount: this.#restarts, exitedAtMs: this.#context.clock.nowMs() });
  }

  #begin(work: (signal: AbortSignal) => Promise<void>): void {
    this.#work.abort();
    if (this.#closed) return;
    const controller = new AbortController();
    this.#work = controller;
    const ended = work(controller.signal).catch((error: unknown) => {
      if (!controller.signal.aborted) this.#onFailure(error);
    });
    this.#pending = Promise.all([this.#pending, ended]);
  }

  /** Work fails when its program cannot be spawned; anything else is a fault of the emulator, and the log shows it. */
  #onFailure(error: unknown): void {
    this.#context.onLog(
      `machine ${this.record.identity.id}: ${error instanceof Error ? error.message : String(error)}`,
    );
    if (this.record.phase === 'starting') this.record.apply('boot_failed', 'flyd');
  }
}
