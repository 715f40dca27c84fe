import type { HostedApp, HostedMachine } from '../../fly/machine-host.js';
import type { ProxyUnconfirmed } from '../../fly/proxy-unconfirmed.js';
import type { ControlPlaneInstance, ProxyOptions } from '../options.js';
import { directApp } from '../request-target.js';
import type { Candidate } from './choose-targets.js';
import type { Connections } from './connections.js';
import type { MachineSleep } from './machine-sleep.js';
import { readinessOf } from './readiness.js';
import type { Address } from './upstream.js';

/** One that answers for an app: a control plane instance, or a machine. */
export interface Member extends Candidate {
  readonly app: string;
  readonly address: Address | undefined;
  readonly machine: HostedMachine | undefined;
}

export interface MembersPorts {
  readonly options: Pick<ProxyOptions, 'machines' | 'machineApp' | 'controlPlane'>;
  readonly region: string;
  readonly unconfirmed: Readonly<ProxyUnconfirmed>;
  readonly sleep: MachineSleep;
  readonly connections: Connections;
}

/** Who is in an app at this moment. */
export class Members {
  readonly #ports: MembersPorts;
  readonly #apps: Set<string>;
  #turn = 0;

  constructor(ports: MembersPorts) {
    this.#ports = ports;
    this.#apps = new Set([ports.options.machineApp, ports.options.controlPlane.app]);
  }

  /** Which app a host name leads to. */
  appOf(host: string | undefined): string {
    const direct = directApp(host);
    return direct !== undefined && this.findApp(direct) ? direct : this.#ports.options.controlPlane.app;
  }

  /** Those of the options and those that had traffic. */
  apps(): readonly string[] {
    return [...this.#apps];
  }

  /** Undefined when the emulator has no such app; the control plane's may be outside of it. */
  findApp(app: string): HostedApp | undefined {
    return this.#ports.options.machines.findApp(app);
  }

  knows(app: string): boolean {
    return app === this.#ports.options.controlPlane.app || this.findApp(app) !== undefined;
  }

  of(app: string): readonly Member[] {
    const { machines, controlPlane } = this.#ports.options;
    if (app === controlPlane.app && controlPlane.instances !== undefined) {
      return this.#inTurn(controlPlane.instances()).map((instance) => this.#instance(instance));
    }
    if (machines.findApp(app) === undefined) this.#apps.delete(app);
    else this.#apps.add(app);
    return machines.list(app).map((machine) => this.#machine(machine));
  }

  /** Begins with another one at each call. */
  #inTurn(instances: readonly ControlPlaneInstance[]): readonly ControlPlaneInstance[] {
    if (instances.length === 0) return [];
    const first = this.#turn++ % instances.length;
    return [...instances.slice(first), ...instances.slice(0, first)];
  }

  #instance({ id, host, port, region = this.#ports.region }: ControlPlaneInstance): Member {
    const { app } = this.#ports.options.controlPlane;
    return { id, app, region, address: { host, port }, machine: undefined, readiness: 'ready', cordoned: false };
  }

  #machine(machine: HostedMachine): Member {
    const { connections, sleep, unconfirmed } = this.#ports;
    const { id, app, region, address, cordoned } = machine;
    const readiness = readinessOf(machine, connections.count(id), sleep.isFallingAsleep(machine));
    const shut = cordoned && !unconfirmed.cordonedTakesExact;
    return { id, app, region, address, machine, cordoned, readiness: shut ? 'closed' : readiness };
  }
}
