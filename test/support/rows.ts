import { randomBytes } from 'node:crypto';
import { ArchivingTable, type ProvenArchive } from '../../src/sdk/database/archiving.js';
import { bindInstallation } from '../../src/sdk/database/installation.js';
import { MachineTable, type NewMachine, type WholeMachine } from '../../src/sdk/database/machines.js';
import { ObservingTable } from '../../src/sdk/database/observing.js';
import { PoolBreakerTable } from '../../src/sdk/database/pool-breakers.js';
import { PoolKindTable } from '../../src/sdk/database/pool-kinds.js';
import { type OwnPool, PoolMemberTable } from '../../src/sdk/database/pool-members.js';
import { PoolModeTable } from '../../src/sdk/database/pool-modes.js';
import { PoolUseTable } from '../../src/sdk/database/pool-use.js';
import { type Guard, type ProjectRow, ProjectTable } from '../../src/sdk/database/projects.js';
import { RebuildingTable } from '../../src/sdk/database/rebuilding.js';
import { RetiringTable } from '../../src/sdk/database/retiring.js';
import { RouteTable } from '../../src/sdk/database/routes.js';
import { UndoingTable } from '../../src/sdk/database/undoing.js';
import { VolumeMoveTable } from '../../src/sdk/database/volume-moves.js';
import { WakingTable } from '../../src/sdk/database/waking.js';
import { WarmPoolTable } from '../../src/sdk/database/warm-pool.js';
import { parseProjectId } from '../../src/sdk/projects/project-id.js';
import { type TestDatabase, testDatabase } from './database.js';

export const environment = 'test';
export const owner = 'instance-a';
export const region = 'sjc';
export const kind = { environment, configHash: 'hash' };
export const ownPool: OwnPool = { ...kind, image: 'image', targets: [{ region, target: 2 }] };

/** A bound database with all its statements, and rows brought into a wanted state by those statements. */
export interface TestRows extends AsyncDisposable {
  readonly database: TestDatabase;
  readonly projects: ProjectTable;
  readonly waking: WakingTable;
  readonly machines: MachineTable;
  readonly warmPool: WarmPoolTable;
  readonly pool: {
    readonly members: PoolMemberTable;
    readonly breakers: PoolBreakerTable;
    readonly kinds: PoolKindTable;
    readonly modes: PoolModeTable;
    readonly use: PoolUseTable;
  };
  readonly archiving: ArchivingTable;
  readonly retiring: RetiringTable;
  readonly routes: RouteTable;
  readonly observing: ObservingTable;
  readonly moves: VolumeMoveTable;
  readonly rebuilding: RebuildingTable;
  readonly undoing: UndoingTable;
}

export async function testRows(): Promise<TestRows> {
  const database = await testDatabase();
  const { db } = database;
  await bindInstallation(db, { environment, flyApp: 'app' });
  return {
    database,
    projects: new ProjectTable(db),
    waking: new WakingTable(db),
    machines: new MachineTable(db),
    warmPool: new WarmPoolTable(db),
    pool: {
      members: new PoolMemberTable(db),
      breakers: new PoolBreakerTable(db),
      kinds: new PoolKindTable(db),
      modes: new PoolModeTable(db),
      use: new PoolUseTable(db),
    },
    archiving: new ArchivingTable(db),
    retiring: new RetiringTable(db),
    routes: new RouteTable(db),
    observing: new ObservingTable(db),
    moves: new VolumeMoveTable(db),
    rebuilding: new RebuildingTable(db),
    undoing: new UndoingTable(db),
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  };
}

/** As new, for the next test of a file: cheaper than a database for each. */
export async function emptied(rows: TestRows): Promise<void> {
  await rows.database.db.query(
    `delete from projects; delete from machines; delete from archives; delete from events;
     delete from idempotency_keys; delete from create_limits; delete from pool_kinds; delete from pool_breakers;
     update installation set pool_mode = 'filling', pool_mode_by = null;
     create or replace function valet_now() returns timestamptz language sql stable as 'select now()';
     drop table if exists travelled`,
  );
}

export function newMachineRow(fields: Partial<NewMachine> = {}): NewMachine {
  const id = fields.id ?? randomBytes(4).toString('hex');
  const names = { name: `valet-${id}`, volumeName: `v_${id}` };
  return { id, environment, flyApp: 'app', ...names, region: 'sjc', image: 'image', configHash: 'hash', ...fields };
}

export async function provisioningMachine(rows: TestRows, fields: Partial<NewMachine> = {}): Promise<string> {
  const wanted = newMachineRow(fields);
  await rows.pool.members.act(ownPool, () => ({ insert: [wanted], probes: [], retire: [] }), 'test');
  return wanted.id;
}

export async function readyMachine(rows: TestRows, fields: Partial<NewMachine> = {}): Promise<string> {
  const id = await provisioningMachine(rows, fields);
  await rows.machines.recordVolume(id, `vol_${id}`);
  await rows.machines.recordMachine(id, `fly-${id}`);
  await rows.machines.becomeReady(id, 'started', 'test');
  return id;
}

export function guardOf(project: ProjectRow): Guard {
  return { id: project.id, epoch: project.epoch, owner: present(project.transition_owner) };
}

export async function creatingProject(rows: TestRows, id: string, by = owner): Promise<ProjectRow> {
  const wanted = { id: parseProjectId(id), region: 'sjc', deployKeySealed: 'sealed', owner: by };
  const inserted = await rows.projects.insertCreating({ ...wanted, idempotency: undefined });
  if (typeof inserted === 'string') throw new Error(`Project ${id}: ${inserted}.`);
  return inserted;
}

/** A machine of its own, taken from the pool by the project's present owner. */
export async function claimed(rows: TestRows, project: ProjectRow): Promise<WholeMachine> {
  await readyMachine(rows);
  return present(await rows.warmPool.claim(guardOf(project), kind, region));
}

export async function activeProject(rows: TestRows, id: string): Promise<ProjectRow> {
  const project = await creatingProject(rows, id);
  const machine = await claimed(rows, project);
  await rows.projects.activate(guardOf(project), machine.id);
  return seen(rows, id);
}

/** With the row on which the attempt began. */
export async function archivingProject(rows: TestRows, id: string) {
  const before = await activeProject(rows, id);
  const archiveId = `archive-of-${id}-${randomBytes(2).toString('hex')}`;
  const attempt = { archiveId, keyOf: (epoch: number) => `${id}/${epoch}`, owner, actor: 'sweep' };
  const begun = present(await rows.archiving.begin(before, attempt));
  return {
    before,
    project: begun.project,
    guard: guardOf(begun.project),
    proven: provenArchive(archiveId, begun.r2Key),
  };
}

export function provenArchive(id: string, r2Key: string): ProvenArchive {
  return { id, r2Key, r2Checksum: 'ab'.repeat(32), sizeBytes: 4096, manifest: { tables: {} } };
}

export const keepVolumeSecs = 3600;

export async function dormantProject(rows: TestRows, id: string): Promise<ProjectRow> {
  const { project, guard, proven } = await archivingProject(rows, id);
  await rows.archiving.commit(guard, project, proven, keepVolumeSecs);
  return seen(rows, id);
}

export async function wakingProject(rows: TestRows, id: string): Promise<ProjectRow> {
  return present(await rows.waking.beginWake(await dormantProject(rows, id), owner, owner));
}

/** A machine that never held anything, on its way back to Fly. */
export async function retiringMachine(rows: TestRows): Promise<string> {
  const project = await creatingProject(rows, `spent-${randomBytes(4).toString('hex')}`);
  const machine = await claimed(rows, project);
  await rows.projects.rollBack(guardOf(project), 'for the test');
  return machine.id;
}

export async function seen(rows: TestRows, id: string): Promise<ProjectRow> {
  return present(await rows.projects.find(id));
}

/** Everything that a refused statement must have left alone, byte for byte. */
export async function everything(rows: TestRows): Promise<unknown> {
  const [all] = await rows.database.db.query(
    `select (select json_agg(p order by id) from projects p) as projects,
            (select json_agg(m order by id) from machines m) as machines,
            (select json_agg(a order by id) from archives a) as archives,
            (select json_agg(k order by key_hash) from idempotency_keys k) as keys,
            (select json_agg(e order by id) from events e) as events`,
  );
  return all;
}

export async function machineRow(rows: TestRows, id: string) {
  const [row] = await rows.database.db.query<Record<string, unknown>>(`select * from machines where id = $1`, [id]);
  return present(row);
}

export async function eventsOf(rows: TestRows, projectId: string): Promise<string[]> {
  const events = await rows.database.db.query<{ what: string }>(
    `select what from events where project_id = $1 order by id`,
    [projectId],
  );
  return events.map((event) => event.what);
}

export function present<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new Error('What the test needs is not there.');
  return value;
}

/** Waits for something that is bound to come. */
export async function eventually(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const endsAt = performance.now() + 10_000;
  while (!(await condition())) {
    if (performance.now() > endsAt) throw new Error(`Still waiting for: ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
