import { newMachineId } from '../ids.js';
import { refusals } from '../refusal.js';
import type { Volumes } from '../volumes/volumes.js';
import type { MachineConfig } from './config/schema.js';
import type { MachineContext } from './context.js';
import { Machine } from './machine.js';
import { migrate } from './migration.js';
import { placeMachine } from './placement.js';
import { type MachineBegin, MachineRecord } from './record.js';

export interface NewMachine extends MachineBegin {
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

  /** @throws FlyRefusal 400 unknown region or volume, 409 name in use, 412 volume in use or its host full, 422 region full */
  create(request: NewMachine): Machine {
    this.#dropOldest();
    const { app, config } = request;
    const id = newMachineId();
    const name = request.name ?? `machine-${id}`;
    const holder = this.#living(app).find((machine) => machine.record.identity.name === name);
    if (holder !== undefined) throw refusals.nameTaken(name, holder.record.identity.id);
    const mount = config.mounts?.[0];
    const volume = mount && this.#volumes.claimable(app, mount.volume);
    const host = placeMachine(this.#context.hosts, request.region, volume);
    if (volume !== undefined) this.#volumes.bind(volume, id);
    const { region } = host;
    const identity = { id, name, app, region, host: host.id };
    const record = new MachineRecord(identity, config, this.#context.clock, request);
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
    return options.includeDeleted ? this.#of(app) : this.#living(app);
  }

  /** @throws when there is no such machine or no other host; FlyRefusal 412 when something is under way */
  migrate(id: string): void {
    const machine = this.find(id);
    if (machine === undefined) throw new Error(`There is no machine ${id} that could be migrated.`);
    migrate(machine, this.#context.hosts, this.#volumes);
  }

  /** Of every app; lately destroyed ones are among them. */
  all(): readonly Machine[] {
    return [...this.#machines.values()];
  }

  /** Ends its program as a crash would. False when none runs. @throws when there is no such machine */
  crash(id: string): boolean {
    const machine = this.find(id);
    if (machine === undefined) throw new Error(`There is no machine ${id} that could crash.`);
    return machine.vm.crash();
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
      destroyedAtMs !== undefined &&
      this.#context.clock.nowMs() >= destroyedAtMs + this.#context.pace.ms('destroyLingerMs')
    );
  }

  #dropOldest(): void {
    const forgotten = [...this.#machines].filter(([, machine]) => this.#isForgotten(machine));
    for (const [id] of forgotten.slice(0, -maxDestroyedKept)) this.#machines.delete(id);
  }
}
