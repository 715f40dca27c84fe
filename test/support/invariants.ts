import { z } from 'zod';
import { manifestSchema } from '../../src/sdk/archives/manifest.js';
import { proveArchive } from '../../src/sdk/archives/prove.js';
import { asError } from '../../src/sdk/errors.js';
import { callFly } from './fly-emulator.js';
import type { TestPlatform } from './test-platform.js';

const listedSchema = z.array(z.object({ id: z.string(), name: z.string(), state: z.string() }));

interface OwnMachine {
  readonly id: string;
  readonly name: string;
  readonly volume_name: string;
  readonly state: string;
  readonly project_id: string | null;
  readonly fly_id: string | null;
  readonly volume_id: string | null;
  readonly machine_gone: boolean;
  readonly volume_gone: boolean;
}

interface OwnProject {
  readonly id: string;
  readonly state: string;
  readonly epoch: number;
  readonly machine_id: string | null;
}

interface SleepingArchive {
  readonly project_id: string;
  readonly r2_key: string;
  readonly r2_checksum: string | null;
  readonly size_bytes: number | null;
  readonly epoch: number;
  readonly manifest: unknown;
  readonly proven: boolean;
}

/**
 * What holds whenever nothing is under way, whatever was killed before. Answers every finding; empty means that all
 * hold. Looks at both sides: what Fly lists and what the database says.
 */
export async function checkInvariants(platform: TestPlatform): Promise<string[]> {
  const machines = await platform.database.db.query<OwnMachine>(
    `select id, name, volume_name, state, project_id, fly_id, volume_id, machine_gone_at is not null as machine_gone,
            volume_gone_at is not null as volume_gone
       from machines`,
  );
  const projects = await platform.database.db.query<OwnProject>(`select id, state, epoch, machine_id from projects`);
  return [
    ...machinesLeaked(machines, await listedMachines(platform)),
    ...volumesLeaked(machines, await listedVolumes(platform)),
    ...projectsTrapped(projects, machines),
    ...machinesTrapped(projects, machines),
    ...(await machinesReused(platform)),
    ...(await machinesAstray(platform, projects, machines)),
    ...(await archivesUnproven(platform)),
  ];
}

/** Machines that Fly lists; a destroyed one is still answered for a while. */
export async function listedMachines({ fly }: TestPlatform) {
  const { body } = await callFly(fly, 'GET', '/machines');
  return listedSchema.parse(body).filter(({ state }) => state !== 'destroyed' && state !== 'destroying');
}

/** Volumes that Fly lists and that were not deleted. */
export async function listedVolumes({ fly }: TestPlatform) {
  const { body } = await callFly(fly, 'GET', '/volumes');
  return listedSchema.parse(body).filter(({ state }) => state === 'created');
}

type Listed = z.infer<typeof listedSchema>;

function machinesLeaked(rows: readonly OwnMachine[], listed: Listed): string[] {
  const owned = rows.filter((row) => row.state !== 'retired' && !row.machine_gone);
  const unowned = listed.filter(({ id, name }) => !owned.some((row) => row.fly_id === id || row.name === name));
  const missing = rows.filter(
    (row) => ['ready', 'assigned'].includes(row.state) && !listed.some(({ id }) => id === row.fly_id),
  );
  return [
    ...unowned.map(({ name }) => `G4: Fly has machine ${name}, which no living row knows`),
    ...missing.map((row) => `G4: row ${row.name} is ${row.state}, but Fly does not have it`),
  ];
}

function volumesLeaked(rows: readonly OwnMachine[], listed: Listed): string[] {
  const owned = rows.filter((row) => row.state !== 'retired' && !row.volume_gone);
  const unowned = listed.filter(
    ({ id, name }) => !owned.some((row) => row.volume_id === id || row.volume_name === name),
  );
  const missing = rows.filter(
    (row) => ['ready', 'assigned'].includes(row.state) && !listed.some(({ id }) => id === row.volume_id),
  );
  return [
    ...unowned.map(({ name }) => `G4: Fly has volume ${name}, which no living row knows`),
    ...missing.map((row) => `G4: the volume of ${row.state} row ${row.name} is not at Fly`),
  ];
}

function projectsTrapped(projects: readonly OwnProject[], machines: readonly OwnMachine[]): string[] {
  const findings: string[] = [];
  for (const { id, state, machine_id } of projects) {
    const [first, ...others] = machines.filter((row) => row.state === 'assigned' && row.project_id === id);
    if (['creating', 'waking', 'archiving'].includes(state)) findings.push(`G7: project ${id} is still ${state}`);
    if (others.length > 0) findings.push(`G2: project ${id} has ${others.length + 1} machines`);
    if (state === 'active' && first?.id !== machine_id) findings.push(`G2: ${id} is active without its machine`);
    if (state === 'dormant' && first !== undefined) findings.push(`G2: ${id} is dormant and has a machine`);
  }
  return findings;
}

function machinesTrapped(projects: readonly OwnProject[], machines: readonly OwnMachine[]): string[] {
  const making = machines.filter(({ state }) => state === 'provisioning');
  const orphans = machines.filter(
    ({ id, state }) => state === 'assigned' && !projects.some(({ machine_id }) => machine_id === id),
  );
  return [
    ...making.map(({ name }) => `G7: machine ${name} is still provisioning`),
    ...orphans.map((row) => `G4: machine ${row.name} is assigned to ${row.project_id}, which does not have it`),
  ];
}

async function machinesReused(platform: TestPlatform): Promise<string[]> {
  const reused = await platform.database.db.query<{ machine_id: string }>(
    `select machine_id from events where what in ('claimed', 'activated')
      group by machine_id having count(distinct project_id) > 1`,
  );
  return reused.map(({ machine_id }) => `G3: machine ${machine_id} has served more than one project`);
}

/** What the running machines say of themselves. */
async function machinesAstray(
  platform: TestPlatform,
  projects: readonly OwnProject[],
  machines: readonly OwnMachine[],
): Promise<string[]> {
  const running = machines.filter(
    (row) =>
      ['ready', 'assigned'].includes(row.state) &&
      platform.fly.machines.find(platform.fly.app, row.fly_id ?? '')?.state === 'started',
  );
  const findings = running.map(async (row) => {
    const status = await platform.protocol.status({ flyId: row.fly_id ?? '', name: row.name });
    if (status.kind === 'basic')
      return platform.machinesAreBasic ? [] : [`machine ${row.name} does not speak the protocol`];
    const project = projects.find(({ machine_id }) => machine_id === row.id);
    if (status.project_id !== row.project_id)
      return [`G3: machine ${row.name} of ${row.project_id} says that it is ${status.project_id}`];
    if (project && status.epoch > project.epoch)
      return [`G6: machine ${row.name} has seen a larger epoch than its row`];
    if (project?.state === 'active' && !status.serving) return [`G5: project ${project.id} is active and not served`];
    return [];
  });
  return (await Promise.all(findings)).flat();
}

/** Reads back what the sleeping projects would be woken from. */
async function archivesUnproven(platform: TestPlatform): Promise<string[]> {
  const archives = await platform.database.db.query<SleepingArchive>(
    `select p.id as project_id, a.r2_key, a.r2_checksum, a.size_bytes, a.epoch, a.manifest, a.proven_at is not null as proven
       from projects p left join archives a on a.id = p.current_archive_id
      where p.state = 'dormant'`,
  );
  const findings = await Promise.all(archives.map((archive) => provenAgain(platform, archive)));
  return findings.flat();
}

async function provenAgain(platform: TestPlatform, archive: SleepingArchive): Promise<string[]> {
  const subject = `G1: the archive of sleeping project ${archive.project_id}`;
  if (!archive.proven) return [`${subject} was never proven`];
  try {
    await proveArchive(platform.store, {
      r2_key: archive.r2_key,
      r2_checksum: archive.r2_checksum,
      size: archive.size_bytes,
      manifest: manifestSchema.nullable().parse(archive.manifest),
      projectId: archive.project_id,
      epoch: archive.epoch,
    });
    return [];
  } catch (error) {
    return [`${subject} does not prove: ${asError(error).message}`];
  }
}
