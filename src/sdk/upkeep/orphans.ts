import type { OrphanTable } from '../database/orphans.js';
import type { QuarantineRow } from '../database/quarantine.js';
import type { SightingTable, Suspicion } from '../database/sightings.js';
import { ValetError } from '../errors.js';
import type { FlyClient } from '../fly/client.js';
import type { FlyMachine, FlyVolume } from '../fly/wire.js';
import type { FuseCheck } from './fuse-check.js';
import type { OrphanLook } from './orphan-look.js';
import { Belongings, type OrphanVerdict } from './orphan-verdict.js';

export interface OrphanParts {
  readonly fly: Pick<FlyClient, 'listMachines' | 'listVolumes'>;
  readonly look: Pick<OrphanLook, 'isThere' | 'isGone'>;
  readonly orphans: Pick<OrphanTable, 'rowsAbout' | 'machineReturned' | 'volumeReturned' | 'adoptSpare'>;
  readonly sightings: SightingTable;
  readonly fuse: FuseCheck;
  readonly own: { readonly environment: string; readonly flyApp: string };
  /** With which the names of our volumes begin: they have no metadata. */
  readonly volumePrefix: string;
  readonly actor: string;
  /** More than so many to be given back at once is not the ordinary course of things: nothing is. */
  readonly cap?: number;
}

export interface OrphansFound {
  /** On their way back to Fly. */
  readonly retiring: readonly string[];
  readonly quarantined: readonly string[];
}

const defaultCap = 10;
/** So long it must have been there before anything is concluded. */
const graceSecs = 10 * 60;
/** Not seen for so long, it is seen for the first time again. */
const staleSecs = 60 * 60;
/** Denied by its id in two passes at least. */
const vanishedSecs = 20 * 60;
const maxAsked = 50;

type Ours = { readonly suspicion: Suspicion; readonly verdict: OrphanVerdict };

/**
 * Looks for what carries our stamp at Fly and is no row's (G4). What provably is ours and spent becomes a retiring row;
 * for the rest an operator decides (G13).
 *
 * 1. list volumes, then machines, then read the rows: a row precedes its create, so what is listed has its row by then
 * 2. write down what no living row accounts for; conclude only from what was there before, a while ago, and is still
 *    there when asked for by its id
 * 3. what has no row is confirmed in quarantine, from where it stops all that destroys
 * 4. ask the fuse; then what has returned, and spare volumes, get a row that retires. Nothing is deleted here.
 */
export class OrphanSearch {
  readonly #parts: OrphanParts;

  constructor(parts: OrphanParts) {
    this.#parts = parts;
  }

  /** @throws ValetError `fuse_blown`, also when more is to be given back than the cap allows */
  async pass(signal: AbortSignal): Promise<OrphansFound> {
    const { sightings, fuse, actor } = this.#parts;
    const ours = await this.#listed(signal);
    const ripe = await this.#ripe(ours, signal);
    const isSpent = ({ verdict }: Ours) => verdict.kind === 'returned' || verdict.kind === 'spare';
    const spent = ripe.filter(isSpent);
    const strange = ripe.filter((each) => !isSpent(each));
    const quarantined = await sightings.confirm(idsOf(strange), actor);
    await this.#forgetVanished(ours, signal);
    await this.#demandWithinCap(spent);
    // With nothing to give back too: it keeps the high-water mark no older than one period.
    await fuse.assertIntact(signal);
    for (const each of spent) await this.#giveBack(each, signal);
    await sightings.accountedFor(idsOf(spent));
    return { retiring: idsOf(spent), quarantined };
  }

  async #listed(signal: AbortSignal): Promise<Ours[]> {
    const { fly, orphans, own, volumePrefix } = this.#parts;
    const listed = await fly.listVolumes({ signal });
    const all = await fly.listMachines({}, { signal });
    const volumes = listed.filter(({ name }) => name.startsWith(volumePrefix));
    const machines = all.filter(({ config }) => config?.metadata?.valet_environment === own.environment);
    const keys = machines.map(({ id, name, config }) => ({ id, name, mark: config?.metadata?.valet_machine }));
    const belongings = new Belongings(await orphans.rowsAbout({ machines: keys, volumes }), all, listed);
    return [
      ...machines.map((machine) => suspected('machine', machine, belongings.judgeMachine(machine))),
      ...volumes.map((volume) => suspected('volume', volume, belongings.judgeVolume(volume))),
    ];
  }

  /** Those of which something may be concluded now. */
  async #ripe(ours: readonly Ours[], signal: AbortSignal): Promise<Ours[]> {
    const { sightings, look } = this.#parts;
    await sightings.seen(idsOf(ours));
    await sightings.accountedFor(idsOf(ours.filter(({ verdict }) => verdict.kind === 'known')));
    const suspects = ours.filter(({ verdict }) => verdict.kind !== 'known' && verdict.kind !== 'left_alone');
    const seen = await sightings.sight(
      suspects.map(({ suspicion }) => suspicion),
      { graceSecs, staleSecs },
    );
    const undecided = new Set(seen.filter(({ confirmed_at }) => confirmed_at === null).map(({ fly_id }) => fly_id));
    const ripe: Ours[] = [];
    for (const each of suspects.filter(({ suspicion }) => undecided.has(suspicion.fly_id)).slice(0, maxAsked))
      if (await look.isThere(each.suspicion, signal)) ripe.push(each);
    return ripe;
  }

  async #forgetVanished(ours: readonly Ours[], signal: AbortSignal): Promise<void> {
    const { sightings, look, actor } = this.#parts;
    const unlisted: readonly QuarantineRow[] = await sightings.unlisted(idsOf(ours), maxAsked);
    for (const entry of unlisted)
      if (await look.isGone(entry, signal)) await sightings.vanished(entry.fly_id, vanishedSecs, actor);
  }

  /** What would be too much becomes an operator's to decide. */
  async #demandWithinCap(spent: readonly Ours[]): Promise<void> {
    const { sightings, actor, cap = defaultCap } = this.#parts;
    if (spent.length <= cap) return;
    await sightings.confirm(idsOf(spent), actor);
    throw new ValetError(
      'fuse_blown',
      `The orphan search would give back ${spent.length} machines and volumes, more than its cap of ${cap}: it gave back none.`,
      {
        hint: 'Look with "valet orphans list", then decide with "valet orphans remove" or "valet orphans keep".',
        details: { found: spent.length, cap },
      },
    );
  }

  async #giveBack({ suspicion, verdict }: Ours, signal: AbortSignal): Promise<void> {
    const { orphans, own, actor } = this.#parts;
    signal.throwIfAborted();
    const { fly_id: id, region, kind } = suspicion;
    if (verdict.kind === 'spare') await orphans.adoptSpare({ id, region }, own, actor);
    if (verdict.kind !== 'returned') return;
    if (kind === 'machine') await orphans.machineReturned(verdict.row.id, id, actor);
    else await orphans.volumeReturned(verdict.row.id, id, actor);
  }
}

function suspected(kind: Suspicion['kind'], seen: FlyMachine | FlyVolume, verdict: OrphanVerdict): Ours {
  const row = 'row' in verdict ? verdict.row : undefined;
  const suspicion = {
    fly_id: seen.id,
    kind,
    name: seen.name,
    region: seen.region,
    fly_state: seen.state,
    machine_id: row?.id ?? null,
    project_id: row?.project_id ?? null,
    detail: 'detail' in verdict ? verdict.detail : '',
  };
  return { suspicion, verdict };
}

function idsOf(ours: readonly Ours[]): string[] {
  return ours.map(({ suspicion }) => suspicion.fly_id);
}
