import { newMachineId } from '../ids.js';
import { refusals } from '../refusal.js';
import { pickRegion } from '../regions.js';
import type { Volumes } from '../volumes/volumes.js';
import type { MachineConfig } from './config.js';
import type { MachineContext } from './context.js';
import { Machine } from './machine.js';
import { MachineRecord } from './record.js';

export interface NewMachine {
  readonly app: string;
  readonly name: string | undefined;
  readonly region: string | undefined;
  readonly config: MachineConfig;
  readonly skipLaunch: boolean;
}

/** So many destroyed machines are remembered for `include_deleted`. */
const maxDestroyedKept = 200;

/** All machines, living and lately destroyed. */
export class MachineRegistry {
  readonly #machines = new Map<string, Machine>();
  readonly #context: MachineContext;
  readonly #volumes: Volumes;

  constructor(context: MachineContext, volumes: Volumes) {
    this.#context = context;
    this.#volumes = volumes;
  }

  /** @throws FlyRefusal 400 unknown region or volume, 409 name in use, 412 volume in use */
  create(request: NewMachine): Machine {
    const { app, config } = request;
    const id = newMachineId();
    const name = request.name ?? `machine-${id}`;
    const holder = this.#living(app).find((machine) => machine.record.identity.name === name);
    if (holder !== undefined) throw refusals.nameTaken(name, holder.record.identity.id);
    const mount = config.mounts?.[0];
    const volume = mount && this.#volumes.claimable(app, mount.volume);
    const region = pickRegion(request.region ?? volume?.region);
    if (region === undefined) throw refusals.invalid(`unknown region ${request.region}`);
    if (volume !== undefined && volume.region !== region) {
      throw refusals.invalid(`volume ${volume.id} is in region ${volume.region}, not in ${region}`);
    }
    if (volume !== undefined) this.#volumes.bind(volume, id);
    const record = new MachineRecord({ id, name, app, region }, config, this.#context.clockMs);
    const machine = new Machine(record, this.#context);
    this.#machines.set(id, machine);
    machine.launch(request.skipLaunch);
    return machine;
  }

  /** @throws FlyRefusal 404, also when it was destroyed a while ago */
  get(app: string, id: string): Machine {
    const machine = this.#machines.get(id);
    if (machine?.record.identity.app !== app || this.#isForgotten(machine)) throw refusals.notFound('machine');
    return machine;
  }

  /** Whatever its app; undefined when it is destroyed. */
  find(id: string): Machine | undefined {
    const machine = this.#machines.get(id);
    return machine?.record.phase === 'destroyed' ? undefined : machine;
  }

  list(app: string, options: { readonly includeDeleted: boolean }): readonly Machine[] {
    this.#dropOldest();
    return options.includeDeleted ? this.#of(app) : this.#living(app);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#machines.values()].map((machine) => machine.close()));
  }

  #of(app: string): readonly Machine[] {
    return [...this.#machines.values()].filter((machine) => machine.record.identity.app === app);
  }

  #living(app: string): readonly Machine[] {
    return this.#of(app).filter((machine) => machine.record.phase !== 'destroyed');
  }

  #isForgotten(machine: Machine): boolean {
    const { destroyedAtMs } = machine.record;
    return (
      destroyedAtMs !== undefined && this.#context.clockMs() >= destroyedAtMs + this.#context.timings.destroyLingerMs
    );
  }

  #dropOldest(): void {
    const forgotten = [...this.#machines].filter(([, machine]) => this.#isForgotten(machine));
    for (const [id] of forgotten.slice(0, -maxDestroyedKept)) this.#machines.delete(id);
  }
}
