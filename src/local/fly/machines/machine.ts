import type { Clock } from '../../clock.js';
import type { Host } from '../hosts/hosts.js';
import { refusals } from '../refusal.js';
import { Checks } from './checks/checks.js';
import type { MachineConfig } from './config/schema.js';
import { type StopRequest, stopOrder } from './config/stop-order.js';
import { suspendObstacle } from './config/suspendable.js';
import type { MachineContext } from './context.js';
import type { EventSource } from './events.js';
import { LeaseSeat } from './lease.js';
import { MemoryLimit } from './memory.js';
import type { MachineRecord } from './record.js';
import { findRoom } from './room.js';
import { MachineRun } from './run.js';
import { outcomeOfUpdate } from './state-machine.js';
import { untilReachable } from './until-reachable.js';
import type { Vm } from './vm/vm.js';

/** Where a migration has led: the config's mount names the copy of the volume there. */
export interface MovedData {
  readonly host: string;
  readonly config: MachineConfig;
}

/**
 * One machine: its commands answer at once, or throw a FlyRefusal, and what they began goes on by itself. A newer
 * command ends the work of an older one.
 */
export class Machine {
  readonly record: MachineRecord;
  readonly lease: LeaseSeat;
  readonly memory: MemoryLimit;
  readonly checks: Checks;
  readonly #context: MachineContext;
  readonly #run: MachineRun;

  constructor(record: MachineRecord, context: MachineContext) {
    this.record = record;
    this.#context = context;
    this.lease = new LeaseSeat(record.identity.id, context.clock);
    this.memory = new MemoryLimit(record);
    this.#run = new MachineRun(record, context, () => this.#afterRest());
    this.checks = new Checks(record, context.clock, () => this.vm.port);
  }

  get clock(): Clock {
    return this.#context.clock;
  }

  get vm(): Vm {
    return this.#run.vm;
  }

  get host(): Host {
    return this.#context.hosts.get(this.record.identity.host);
  }

  /** Undefined while the machine is not started, and while nobody reaches its host. */
  get address(): { host: string; port: number } | undefined {
    const { port } = this.vm;
    if (this.record.phase !== 'started' || port === undefined || !this.host.reachable) return undefined;
    return { host: '127.0.0.1', port };
  }

  /** Why it cannot be suspended; undefined when it can. */
  get suspendObstacle(): string | undefined {
    return suspendObstacle(this.record.config, this.#context.unconfirmed.now.suspendLimitMb);
  }

  /** What follows a create. A program that cannot be spawned is not tried again: the machine is given up. */
  launch(skipLaunch: boolean): void {
    this.#run.begin(async (signal) => {
      await this.#context.clock.sleep(this.#context.pace.ms('createdMs'), signal);
      await this.#run.pass('prepared', signal);
      if (skipLaunch) return;
      this.record.apply('start', 'user');
      if (await this.#run.launches(signal)) return;
      this.record.apply('launch_failed', 'flyd');
      await this.#vanish(signal);
    });
  }

  start(source: EventSource): void {
    const { startOnStarted } = this.#context.unconfirmed.now;
    if (source === 'user' && this.record.phase === 'started' && startOnStarted === 'refuse') {
      throw refusals.stillActive();
    }
    findRoom(this.record, this.#context.hosts, source);
    if (!this.record.apply('start', source)) return;
    this.#run.forgetRestarts();
    this.#run.begin((signal) => this.#run.bringUp('start', signal));
  }

  stop(source: EventSource, request: StopRequest = {}): void {
    if (!this.record.apply('stop', source)) return;
    const order = stopOrder(this.record.config, request);
    this.#run.begin(async (signal) => {
      await this.#run.pass('down', signal, await this.#run.bringDown(order, false, signal));
      this.#afterRest();
    });
  }

  /** The same version in a new run. By force its program is not asked. */
  restart(request: StopRequest, force: boolean): void {
    if (!this.record.apply('restart', 'user')) return;
    const order = force ? ({ signal: 'SIGKILL', timeoutMs: 0 } as const) : stopOrder(this.record.config, request);
    this.#run.forgetRestarts();
    this.#run.begin(async (signal) => {
      this.record.events.add('exit', 'stopped', 'flyd', await this.#run.bringDown(order, true, signal));
      await this.#run.pass('restarted', signal);
      await this.#run.bringUp('restart', signal);
    });
  }

  suspend(source: EventSource): void {
    const obstacle = this.suspendObstacle;
    if (obstacle !== undefined) {
      const status = this.#context.unconfirmed.now.suspendIneligibleStatus;
      throw refusals.withStatus(status, `unable to suspend machine: ${obstacle} cannot be`);
    }
    if (!this.record.apply('suspend', source)) return;
    this.#run.begin(async (signal) => {
      this.vm.pause();
      await this.#context.clock.sleep(this.#context.pace.ms('suspendMs'), signal);
      await this.#run.pass('paused', signal);
    });
  }

  update(config: MachineConfig, how: { readonly skipsLaunch: boolean; readonly skipsSecrets: boolean }): void {
    const outcome = outcomeOfUpdate(this.record.phase, how.skipsLaunch);
    const order = stopOrder(this.record.config);
    findRoom(this.record, this.#context.hosts, 'user');
    this.record.apply(this.#context.unconfirmed.now.updateState === 'updating' ? 'update' : 'replace', 'user');
    this.record.replaceConfig(config, how.skipsSecrets);
    this.#run.forgetRestarts();
    this.#run.begin(async (signal) => {
      await this.vm.stop(order);
      await this.#context.clock.sleep(this.#context.pace.ms('replaceMs'), signal);
      await this.#run.pass(outcome, signal);
      if (outcome === 'replaced_to_start') await this.#run.bringUp('start', signal);
    });
  }

  /** It keeps its id and gets another host, address and version; where its data cannot go, all stays as it is. A snapshot is lost. */
  migrate(moveData: () => Promise<MovedData>): void {
    const wasStarted = this.record.phase === 'started';
    const order = stopOrder(this.record.config);
    this.record.apply('migrate', 'flyd');
    this.#run.begin(async (signal) => {
      const account = await this.#run.bringDown(order, wasStarted, signal);
      const moved = await moveData().catch((error: unknown) => this.#run.log(error));
      // Also where the machine is destroyed meanwhile: its volume is the copy now.
      if (moved) this.record.moveTo(moved.host, moved.config);
      await this.#run.pass('down', signal, account);
      if (moved) this.record.events.add('launch', 'created', 'flyd', { migrated: true });
      if (!wasStarted) return;
      this.record.apply('start', 'flyd');
      await this.#run.bringUp('start', signal);
    });
  }

  /** On a host that nobody reaches it is under way until the host is back. */
  destroy(force: boolean): void {
    if (!force && this.record.phase === 'started') {
      const status = this.#context.unconfirmed.now.deleteStartedStatus;
      throw refusals.withStatus(status, "unable to destroy machine from current state: 'started'");
    }
    if (!this.record.apply(force ? 'force_destroy' : 'destroy', 'user')) return;
    this.#run.begin(async (signal) => {
      await untilReachable(this.#context.hosts, this.record.identity.host, signal);
      await this.vm.kill();
      await this.#vanish(signal);
    });
  }

  /** Ends the program, without a trace in the state, and resolves when all work has ended. Safe to repeat. */
  async close(): Promise<void> {
    await Promise.all([this.checks.close(), this.#run.close()]);
  }

  #afterRest(): void {
    if (this.record.config.auto_destroy === true) this.destroy(false);
  }

  async #vanish(signal: AbortSignal): Promise<void> {
    this.lease.end();
    await this.#context.clock.sleep(this.#context.pace.ms('destroyMs'), signal);
    await this.#context.untilFree(this.record, signal);
    // Whatever cannot be cleared away: the machine is gone.
    await this.#context.onDestroyed(this.record).catch((error: unknown) => this.#run.log(error));
    this.record.apply('gone', 'flyd');
  }
}
