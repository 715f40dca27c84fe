import type { Clock } from '../../clock.js';
import type { HostedMachine, MachineHost } from '../../fly/machine-host.js';
import type { Connections } from '../delivery/connections.js';
import type { MachineSleep } from '../delivery/machine-sleep.js';
import { type AutostopCandidate, chooseAutostop } from './choose-autostop.js';
import { Sightings } from './sightings.js';

export interface AutostopOptions {
  readonly machines: MachineHost;
  /** Asked for at each pass. */
  readonly apps: () => Iterable<string>;
  readonly connections: Connections;
  readonly sleep: MachineSleep;
  readonly clock: Clock;
  readonly primaryRegion: string;
  readonly times: { readonly passMs: number; readonly idleMs: number } | undefined;
  readonly log: (line: string) => void;
}

interface Seen extends AutostopCandidate {
  readonly machine: HostedMachine;
}

/** A machine that is being put to sleep may wait for a clock that is held. */
const stopWaitMs = 5_000;

/** Fly's loop that puts machines without traffic to sleep. */
export class AutostopLoop {
  readonly #options: AutostopOptions;
  readonly #sightings = new Sightings();
  #cancelNext: () => void = () => undefined;
  #last: Promise<string[]> = Promise.resolve([]);
  #running = 0;

  constructor(options: AutostopOptions) {
    this.#options = options;
    if (options.times !== undefined) this.#passAfter(options.times.passMs);
  }

  pass(): Promise<string[]> {
    this.#running += 1;
    const before = this.#last.catch(() => []);
    this.#last = before
      .then(() => this.#passNow())
      .finally(() => {
        this.#running -= 1;
      });
    return this.#last;
  }

  async stop(): Promise<void> {
    this.#cancelNext();
    const { promise: timeIsUp, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, stopWaitMs);
    await Promise.race([this.#last.catch(() => undefined), timeIsUp]);
    clearTimeout(timer);
  }

  #passAfter(passMs: number): void {
    const { clock, log } = this.#options;
    this.#cancelNext = clock.after(passMs, () => {
      this.#passAfter(passMs);
      if (this.#running > 0) return;
      this.pass().catch((error: unknown) => log(`autostop pass failed: ${String(error)}`));
    });
  }

  async #passNow(): Promise<string[]> {
    const { times, machines, apps, sleep, connections, clock, primaryRegion } = this.#options;
    if (times === undefined) return [];
    const byApp = [...apps()].map((app) => machines.list(app));
    const known = new Set(byApp.flat().map((machine) => machine.id));
    connections.keepOnly(known);
    this.#sightings.keepOnly(known);
    const nowMs = clock.nowMs();
    const rule = { nowMs, idleMs: times.idleMs, primaryRegion };
    const chosen = byApp.flatMap((inApp) => chooseAutostop(this.#look(inApp, nowMs), rule));
    const asleep = await Promise.all(
      chosen.map(async ({ machine, autostop }) => {
        if (autostop === 'off') return [];
        // Between the look and this call nothing else runs, so no request can be on its way to the machine.
        return sleep.putToSleep(machine, autostop).then(
          () => this.#fellAsleep(machine),
          (error: unknown) => this.#failed(machine, error),
        );
      }),
    );
    return asleep.flat();
  }

  #fellAsleep(machine: HostedMachine): [string] {
    this.#sightings.fellAsleep(machine.id, this.#options.clock.nowMs());
    return [machine.id];
  }

  #failed(machine: HostedMachine, error: unknown): [] {
    this.#options.log(`[PM07] autostop of machine ${machine.id} failed: ${String(error)}`);
    return [];
  }

  /** What offers no service or is cordoned is unknown to Fly's proxy: never stopped, and no spare for the others. */
  #look(machines: readonly HostedMachine[], nowMs: number): Seen[] {
    return machines.flatMap((machine) => (machine.cordoned ? [] : this.#candidate(machine, nowMs)));
  }

  #candidate(machine: HostedMachine, nowMs: number): Seen[] {
    const { id, region, service } = machine;
    const { connections } = this.#options;
    const started = machine.state === 'started';
    const quietSinceMs = this.#sightings.quietSinceMs(id, started, connections.lastUsedMs(id), nowMs);
    if (service === undefined) return [];
    const { autostop, minMachinesRunning, concurrency } = service;
    return [
      {
        machine,
        id,
        region,
        started,
        autostop,
        minMachinesRunning,
        softLimit: concurrency.softLimit,
        load: connections.count(id),
        quietSinceMs,
      },
    ];
  }
}
