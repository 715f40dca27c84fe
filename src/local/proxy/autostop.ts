import type { HostedMachine, MachineHost } from '../fly/machine-host.js';
import { type AutostopCandidate, chooseAutostop } from './choose-autostop.js';
import type { Connections } from './connections.js';
import type { MachineSleep } from './machine-sleep.js';

export interface AutostopOptions {
  readonly machines: MachineHost;
  readonly app: string;
  readonly connections: Connections;
  readonly sleep: MachineSleep;
  readonly times: { readonly passMs: number; readonly idleMs: number } | undefined;
  readonly log: (line: string) => void;
}

interface Seen extends AutostopCandidate {
  readonly machine: HostedMachine;
}

interface Sighting {
  readonly started: boolean;
  /** First seen started; or, while it is not, last seen so. */
  readonly sinceMs: number;
  /** When it was last seen asleep before it was started. */
  readonly asleepMs: number | undefined;
}

/** Fly's loop that puts machines without traffic to sleep. */
export class AutostopLoop {
  readonly #options: AutostopOptions;
  readonly #sightings = new Map<string, Sighting>();
  readonly #timer: NodeJS.Timeout | undefined;
  #last: Promise<string[]> = Promise.resolve([]);
  #running = 0;

  constructor(options: AutostopOptions) {
    this.#options = options;
    if (options.times === undefined) return;
    this.#timer = setInterval(() => {
      if (this.#running > 0) return;
      this.pass().catch((error: unknown) => options.log(`autostop pass failed: ${String(error)}`));
    }, options.times.passMs);
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
    clearInterval(this.#timer);
    await this.#last.catch(() => undefined);
  }

  async #passNow(): Promise<string[]> {
    const { times, machines, app, sleep, connections } = this.#options;
    if (times === undefined) return [];
    const nowMs = performance.now();
    const seen = this.#look(machines.list(app), nowMs);
    connections.keepOnly(new Set(seen.map((one) => one.id)));
    const chosen = chooseAutostop(seen, nowMs, times.idleMs);
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
    this.#sightings.set(machine.id, { started: false, sinceMs: performance.now(), asleepMs: undefined });
    return [machine.id];
  }

  #failed(machine: HostedMachine, error: unknown): [] {
    this.#options.log(`[PM07] autostop of machine ${machine.id} failed: ${String(error)}`);
    return [];
  }

  #look(machines: readonly HostedMachine[], nowMs: number): Seen[] {
    const known = new Set(machines.map((one) => one.id));
    for (const id of this.#sightings.keys()) if (!known.has(id)) this.#sightings.delete(id);
    return machines.map((machine) => this.#candidate(machine, nowMs));
  }

  #candidate(machine: HostedMachine, nowMs: number): Seen {
    const { id, region, service } = machine;
    const { connections } = this.#options;
    const started = machine.state === 'started';
    const known = this.#sightings.get(id);
    const sighting = known?.started === started ? known : { started, sinceMs: nowMs, asleepMs: known?.sinceMs };
    this.#sightings.set(id, started ? sighting : { started, sinceMs: nowMs, asleepMs: undefined });
    return {
      machine,
      id,
      region,
      started,
      autostop: service?.autostop ?? 'off',
      connections: connections.count(id),
      idleSinceMs: idleSince(sighting, connections.lastUsedMs(id)),
    };
  }
}

/** A use before it last slept says nothing about a machine that somebody has started since. */
function idleSince(sighting: Sighting, lastUsedMs: number | undefined): number {
  const usedSinceSleep = lastUsedMs !== undefined && lastUsedMs > (sighting.asleepMs ?? 0);
  return usedSinceSleep ? lastUsedMs : sighting.sinceMs;
}
