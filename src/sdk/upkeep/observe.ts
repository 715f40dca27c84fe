import pLimit from 'p-limit';
import type { MachineTable } from '../database/machines.js';
import type { GoneMachine, ObservingTable, WatchedMachine } from '../database/observing.js';
import { asError } from '../errors.js';
import type { FlyClient } from '../fly/client.js';
import type { FlyMachine } from '../fly/wire.js';
import type { ProjectId } from '../projects/project-id.js';
import { isDestroyed, isWorthAsking, migratedVolume } from './observe-decision.js';
import type { VolumeLook } from './observe-volume.js';

export interface ObserveParts {
  readonly machines: Pick<MachineTable, 'observed'>;
  readonly observing: Pick<ObservingTable, 'page' | 'ofProject' | 'missed' | 'volumeMigrated' | 'giveUpGone' | 'lose'>;
  readonly fly: Pick<FlyClient, 'listMachines' | 'getMachine' | 'getVolume' | 'getApp'>;
  readonly volumes: Pick<VolumeLook, 'look'>;
  /** Begins to put the project on a new machine, if nobody has and its turn has come; the rest is not waited for. */
  readonly rebuild: (gone: GoneMachine, volumeId: string) => Promise<boolean>;
  readonly isGone: (error: unknown) => boolean;
  readonly environment: string;
  readonly actor: string;
}

/** What became of one machine that was asked about. */
export type Finding =
  | { readonly kind: 'there'; readonly row: WatchedMachine; readonly flyState: string }
  | { readonly kind: 'missing' | 'unknown' }
  | { readonly kind: 'given_up' | 'rebuilding' }
  | { readonly kind: 'lost'; readonly why: string };

export interface Observed {
  /** Machines of which something else is known now. */
  readonly changed: number;
  readonly rebuilding: readonly string[];
  /** Each with what is gone and which archive is left. */
  readonly lost: readonly { readonly id: string; readonly reason: string }[];
  /** Fly said nothing that counts; asked again in the next pass. */
  readonly failed: readonly { readonly id: string; readonly reason: string }[];
}

const pageRows = 1_000;
/** A list that is empty by mistake makes every machine worth asking about: the rest comes in the passes to follow. */
const maxAsked = 500;
const maxAtOnce = 10;
const askTimeoutMs = 10_000;

type Asked = { readonly row: WatchedMachine; readonly machine: FlyMachine | undefined };

/**
 * Compares what Fly reports with our rows: one list tells where to look, and only what Fly says of an id is believed.
 *
 * - what a machine does, and which volume it has, is written down
 * - a machine that is proven gone (G10): a member of the pool retires; an active project is rebuilt on its volume, or is
 *   lost if that is proven gone too. A project in a passing state is left to its owner.
 */
export class Observation {
  readonly #parts: ObserveParts;
  /** Where the next pass goes on, if this one could not ask about all. */
  #after = '';

  constructor(parts: ObserveParts) {
    this.#parts = parts;
  }

  async pass(signal: AbortSignal): Promise<Observed> {
    const { fly, environment } = this.#parts;
    const listed = await fly.listMachines({ metadata: { valet_environment: environment } }, { signal });
    const suspects = await this.#suspects(new Map(listed.map((machine) => [machine.id, machine])));
    return this.#follow(suspects, signal);
  }

  /** One look at the machine of one project, by its id alone. `unknown`: it has none that could be looked at. */
  async project(id: ProjectId, signal: AbortSignal): Promise<Finding> {
    const row = await this.#parts.observing.ofProject(id);
    if (!row) return { kind: 'unknown' };
    const asked = await this.#ask(row, signal);
    if (!asked.machine) await this.#demandApp(signal);
    return this.#conclude(asked, signal);
  }

  async #suspects(listed: ReadonlyMap<string, FlyMachine>): Promise<WatchedMachine[]> {
    const { observing, environment } = this.#parts;
    const suspects: WatchedMachine[] = [];
    for (let after = this.#after; ; ) {
      const page = await observing.page(environment, after, pageRows);
      for (const row of page) {
        if (!isWorthAsking(row, listed.get(row.fly_id))) continue;
        if (suspects.length === maxAsked) return suspects;
        this.#after = row.id;
        suspects.push(row);
      }
      after = page.at(-1)?.id ?? '';
      if (page.length < pageRows) break;
    }
    this.#after = '';
    return suspects;
  }

  async #follow(rows: readonly WatchedMachine[], signal: AbortSignal): Promise<Observed> {
    const limit = pLimit(maxAtOnce);
    const asked = await Promise.allSettled(rows.map((row) => limit(() => this.#ask(row, signal))));
    const isMissing = asked.some((each) => each.status === 'fulfilled' && !each.value.machine);
    if (isMissing) await this.#demandApp(signal);
    const outcomes = await Promise.allSettled(
      asked.map((each) =>
        limit(() => (each.status === 'fulfilled' ? this.#conclude(each.value, signal) : Promise.reject(each.reason))),
      ),
    );
    signal.throwIfAborted();
    return summary(rows, outcomes);
  }

  async #ask(row: WatchedMachine, signal: AbortSignal): Promise<Asked> {
    const { fly, isGone } = this.#parts;
    try {
      const machine = await fly.getMachine(row.fly_id, { timeoutMs: askTimeoutMs, signal });
      return { row, machine: isDestroyed(machine) ? undefined : machine };
    } catch (error) {
      if (isGone(error)) return { row, machine: undefined };
      throw error;
    }
  }

  /** While Fly has lost sight of the whole app it denies machines that are there. @throws when it does not answer */
  async #demandApp(signal: AbortSignal): Promise<void> {
    await this.#parts.fly.getApp({ timeoutMs: askTimeoutMs, signal });
  }

  async #conclude({ row, machine }: Asked, signal: AbortSignal): Promise<Finding> {
    const { observing, actor } = this.#parts;
    if (machine) return this.#writeDown(row, machine, signal);
    const missed = await observing.missed(row, actor);
    if (!missed?.proven) return { kind: 'missing' };
    if (row.state === 'ready') {
      await observing.giveUpGone(row, missed.looks, actor);
      return { kind: 'given_up' };
    }
    const gone = { ...row, missing_looks: missed.looks };
    return isOfActiveProject(gone) ? this.#rescue(gone, signal) : { kind: 'missing' };
  }

  async #writeDown(row: WatchedMachine, machine: FlyMachine, signal: AbortSignal): Promise<Finding> {
    const { machines, observing, fly, actor } = this.#parts;
    if (machine.state !== row.fly_state || row.missing_looks > 0) await machines.observed(row.id, machine.state);
    const migrated = migratedVolume(row, machine);
    if (migrated !== undefined) {
      const volume = await fly.getVolume(migrated, { timeoutMs: askTimeoutMs, signal });
      await observing.volumeMigrated(row, volume.id, actor);
    }
    return { kind: 'there', row, flyState: machine.state };
  }

  async #rescue(gone: GoneMachine, signal: AbortSignal): Promise<Finding> {
    const { volumes, rebuild, observing, actor } = this.#parts;
    const volume = await volumes.look(gone, signal);
    if (volume.kind === 'there') return { kind: (await rebuild(gone, volume.volumeId)) ? 'rebuilding' : 'missing' };
    if (!volume.missed?.proven) return { kind: 'missing' };
    const looks = { machine: gone.missing_looks, volume: volume.missed.looks };
    const lost = await observing.lose(gone, looks, actor);
    return lost ? { kind: 'lost', why: lost.why } : { kind: 'missing' };
  }
}

function isOfActiveProject(row: WatchedMachine): row is GoneMachine {
  return row.project_id !== null && row.project_state === 'active' && row.project_epoch !== null;
}

function summary(rows: readonly WatchedMachine[], outcomes: readonly PromiseSettledResult<Finding>[]): Observed {
  const nameOf = (index: number) => rows[index]?.project_id ?? rows[index]?.id ?? '';
  const found = outcomes.flatMap((outcome, index) =>
    outcome.status === 'fulfilled' ? [{ id: nameOf(index), finding: outcome.value }] : [],
  );
  const failed = outcomes.flatMap((outcome, index) =>
    outcome.status === 'rejected' ? [{ id: nameOf(index), reason: asError(outcome.reason).message }] : [],
  );
  return {
    changed: found.filter(({ finding }) => finding.kind === 'there' || finding.kind === 'given_up').length,
    rebuilding: found.filter(({ finding }) => finding.kind === 'rebuilding').map(({ id }) => id),
    lost: found.flatMap(({ id, finding }) => (finding.kind === 'lost' ? [{ id, reason: finding.why }] : [])),
    failed,
  };
}
