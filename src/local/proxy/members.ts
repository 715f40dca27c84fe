import type { HostedMachine, MachineHost } from '../fly/machine-host.js';
import type { Candidate } from './choose-targets.js';
import type { MachineSleep } from './machine-sleep.js';
import type { ProxyOptions } from './options.js';
import type { Address } from './upstream.js';

/** One that answers for an app: a control plane instance, or a machine. */
export interface Member extends Candidate {
  readonly app: string;
  readonly address: Address | undefined;
  readonly machine: HostedMachine | undefined;
}

/** Who is in an app at this moment. */
export class Members {
  readonly #machines: MachineHost;
  readonly #controlPlane: ProxyOptions['controlPlane'];
  readonly #region: string;
  readonly #sleep: MachineSleep;
  #turn = 0;

  constructor(options: ProxyOptions, region: string, sleep: MachineSleep) {
    this.#machines = options.machines;
    this.#controlPlane = options.controlPlane;
    this.#region = region;
    this.#sleep = sleep;
  }

  /** Control plane instances begin with another one at each call. */
  of(app: string): readonly Member[] {
    if (app === this.#controlPlane.app) return this.#instances();
    return this.#machines.list(app).map((machine) => this.#machine(machine));
  }

  #instances(): readonly Member[] {
    const instances = this.#controlPlane.instances();
    if (instances.length === 0) return [];
    const first = this.#turn++ % instances.length;
    const inTurn = [...instances.slice(first), ...instances.slice(0, first)];
    const { app } = this.#controlPlane;
    const same = { app, region: this.#region, started: true, usable: true, machine: undefined };
    return inTurn.map(({ id, host, port }) => ({ ...same, id, address: { host, port } }));
  }

  #machine(machine: HostedMachine): Member {
    const { id, app, region, address, service } = machine;
    const started = machine.state === 'started' && !this.#sleep.isFallingAsleep(machine);
    const usable = service !== undefined && (started || service.autostart);
    return { id, app, region, address, machine, started, usable };
  }
}
