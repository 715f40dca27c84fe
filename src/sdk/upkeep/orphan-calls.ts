import type { Actor } from '../actor.js';
import type { OrphanTable } from '../database/orphans.js';
import type { QuarantineRow, QuarantineTable } from '../database/quarantine.js';
import { ValetError } from '../errors.js';
import type { FlyClient } from '../fly/client.js';
import { follow, resultOf, Try } from '../follow.js';
import { parsed } from '../parsed.js';
import { type Orphan, type OrphanIds, type OrphanList, type OrphanResult, orphanIdsSchema } from '../resources.js';
import { asking, type Running } from '../running.js';
import type { OrphanStep } from '../steps.js';
import type { CallOptions, OrphanCalls } from '../valet.js';

export interface OrphanCallParts {
  readonly quarantine: Pick<QuarantineTable, 'list' | 'find' | 'keep'>;
  readonly orphans: Pick<OrphanTable, 'rowOf' | 'removeOwn' | 'removeMachine' | 'removeVolume'>;
  readonly fly: Pick<FlyClient, 'getMachine' | 'getVolume'>;
  readonly own: { readonly environment: string; readonly flyApp: string };
  readonly volumePrefix: string;
  readonly running: Pick<Running, 'start'>;
  readonly actor: Actor;
}

const maxShown = 500;

/** An operator's verdicts on what is not accounted for, answered directly. Retiring does the work. */
export class DirectOrphans implements OrphanCalls {
  readonly #parts: OrphanCallParts;

  constructor(parts: OrphanCallParts) {
    this.#parts = parts;
  }

  async list({ signal }: CallOptions = {}): Promise<OrphanList> {
    const rows = await asking(signal, () => this.#parts.quarantine.list(maxShown));
    return { orphans: rows.map(shownOrphan) };
  }

  remove(input: OrphanIds, call?: CallOptions): Promise<OrphanResult> {
    return resultOf(this.removeSteps(input, call));
  }

  removeSteps(input: OrphanIds, { signal }: CallOptions = {}): AsyncIterable<OrphanStep> {
    return this.#decide(input, signal, (entry) => this.#remove(entry, signal));
  }

  keep(input: OrphanIds, { signal }: CallOptions = {}): Promise<OrphanResult> {
    const { quarantine, actor } = this.#parts;
    const act = async ({ fly_id, name }: QuarantineRow) => {
      const kept = await quarantine.keep([fly_id], actor());
      if (kept.length === 0) throw refused(`${name} (${fly_id}) is being removed already.`);
    };
    return resultOf(this.#decide(input, signal, act));
  }

  /** One that fails keeps no other from being decided. */
  #decide(input: OrphanIds, signal: AbortSignal | undefined, act: (entry: QuarantineRow) => Promise<void>) {
    return follow<OrphanStep>(async ({ tell, left }) => {
      const ids = new Set(parsed(orphanIdsSchema, input).ids);
      tell({ kind: 'planned', total: ids.size });
      const result: OrphanResult = { done: [], failed: [] };
      for (const id of ids) {
        left.throwIfAborted();
        const trying = new Try();
        try {
          // One that is under way when its caller leaves is decided whole before the control plane closes.
          await this.#parts.running.start(async () => act(await this.#confirmed(id)), left);
          result.done.push(id);
          tell({ kind: 'orphan', outcome: 'done', ...trying.succeeded(id) });
        } catch (error) {
          left.throwIfAborted();
          const { took_secs, ...entry } = trying.failed(id, error);
          result.failed.push(entry);
          tell({ kind: 'orphan', outcome: 'failed', took_secs, ...entry });
        }
      }
      return { kind: 'done', result };
    }, signal);
  }

  async #confirmed(id: string): Promise<QuarantineRow> {
    const entry = await this.#parts.quarantine.find(id);
    if (!entry) throw new ValetError('not_found', `Nothing with the id ${id} is in quarantine.`);
    if (entry.confirmed_at !== null) return entry;
    throw refused(`${entry.name} (${id}) was seen, but not yet for long enough to be sure.`);
  }

  async #remove(entry: QuarantineRow, signal: AbortSignal | undefined): Promise<void> {
    if (entry.verdict === 'remove') return;
    const { orphans, own, actor } = this.#parts;
    const { fly_id: id, name, region } = entry;
    const row = await orphans.rowOf(id);
    if (row) {
      if (await orphans.removeOwn(id, actor())) return;
      throw refused(`${name} (${id}) is what project ${row.project_id} uses: delete the project first.`);
    }
    const done =
      entry.kind === 'volume'
        ? await orphans.removeVolume({ id, region: region ?? '' }, own, actor())
        : await orphans.removeMachine(await this.#wholeMachine(entry, signal), own, actor());
    if (!done) throw refused(`${name} (${id}) has changed in between: look at it again.`);
  }

  /** With the volume that it mounts, if that has our stamp: it would be the next to be found. */
  async #wholeMachine({ fly_id, name, region }: QuarantineRow, signal: AbortSignal | undefined) {
    const { fly, volumePrefix } = this.#parts;
    const machine = await fly.getMachine(fly_id, { signal });
    const [mounted] = machine.config?.mounts ?? [];
    const volume = mounted && (await fly.getVolume(mounted.volume, { signal }));
    const volumeId = volume?.name.startsWith(volumePrefix) ? volume.id : null;
    return { flyId: fly_id, name, region: region ?? machine.region, volumeId };
  }
}

function refused(message: string): ValetError {
  return new ValetError('state_changed', message);
}

function shownOrphan(row: QuarantineRow): Orphan {
  return {
    id: row.fly_id,
    kind: row.kind,
    name: row.name,
    region: row.region,
    fly_state: row.fly_state,
    machine_id: row.machine_id,
    project_id: row.project_id,
    reason: row.reason,
    detail: row.detail,
    first_seen_at: row.first_seen_at.toISOString(),
    last_seen_at: row.last_seen_at.toISOString(),
    confirmed_at: row.confirmed_at?.toISOString() ?? null,
    verdict: row.verdict,
  };
}
