import { z } from 'zod';
import { callFly } from '../fly-emulator.js';
import type { TestPlatform } from '../test-platform.js';

/** What is looked at: of a platform, only this. */
export type Place = Pick<TestPlatform, 'database' | 'fly' | 'protocol' | 'store'> &
  Partial<Pick<TestPlatform, 'machinesAreBasic'>>;

export interface SeenMachine {
  readonly id: string;
  readonly name: string;
  readonly volume_name: string | null;
  readonly state: string;
  readonly project_id: string | null;
  readonly fly_id: string | null;
  readonly volume_id: string | null;
  readonly machine_gone: boolean;
  readonly volume_gone: boolean;
  /** Its volume is another row's by now, data and all. */
  readonly volume_moved: boolean;
}

export interface SeenProject {
  readonly id: string;
  readonly state: string;
  readonly epoch: number;
  readonly machine_id: string | null;
}

export interface SeenEvent {
  readonly id: number;
  readonly what: string;
  readonly project_id: string | null;
  readonly machine_id: string | null;
  readonly at: Date;
  readonly why: string | null;
}

/** Both sides at one moment: what the database says, and what Fly lists. */
export interface Seen {
  readonly projects: readonly SeenProject[];
  readonly machines: readonly SeenMachine[];
  readonly events: readonly SeenEvent[];
  readonly listedMachines: Listed;
  readonly listedVolumes: Listed;
}

const listedSchema = z.array(z.object({ id: z.string(), name: z.string(), state: z.string() }));
type Listed = z.infer<typeof listedSchema>;

export async function look(platform: Place): Promise<Seen> {
  const { db } = platform.database;
  const [projects, machines, events, atFly, volumes] = await Promise.all([
    db.query<SeenProject>(`select id, state, epoch, machine_id from projects`),
    db.query<SeenMachine>(
      `select id, name, volume_name, state, project_id, fly_id, volume_id, machine_gone_at is not null as machine_gone,
              volume_gone_at is not null as volume_gone, volume_moved_to is not null as volume_moved
         from machines`,
    ),
    db.query<SeenEvent>(`select id, what, project_id, machine_id, at, why from events order by id`),
    listedMachines(platform),
    listedVolumes(platform),
  ]);
  return { projects, machines, events, listedMachines: atFly, listedVolumes: volumes };
}

/** Machines that Fly lists; a destroyed one is still answered for a while. */
export async function listedMachines({ fly }: Pick<TestPlatform, 'fly'>): Promise<Listed> {
  const { body } = await callFly(fly, 'GET', '/machines');
  return listedSchema.parse(body).filter(({ state }) => state !== 'destroyed' && state !== 'destroying');
}

/** Volumes that Fly lists and that were not deleted. */
export async function listedVolumes({ fly }: Pick<TestPlatform, 'fly'>): Promise<Listed> {
  const { body } = await callFly(fly, 'GET', '/volumes');
  return listedSchema.parse(body).filter(({ state }) => state === 'created');
}
