import type { ListMachines, ListProjects } from '../resources.js';
import type { Queryable } from './database.js';
import { type MachineRow, machineColumns } from './machines.js';
import { type ProjectRow, projectColumns } from './projects.js';

/** A project with what people want to see beside it. */
export interface ListedProject extends ProjectRow {
  readonly fly_id: string | null;
  readonly fly_state: string | null;
  readonly archive: ArchiveRow | null;
}

export interface ArchiveRow {
  readonly id: string;
  readonly project_id: string;
  readonly epoch: number;
  readonly r2_key: string;
  readonly r2_checksum: string | null;
  readonly size_bytes: number | null;
  readonly manifest: unknown;
  readonly created_at: string;
  readonly proven_at: string | null;
}

const listed = `
  select ${projectColumns}, m.fly_id, m.fly_state, to_jsonb(a) as archive
    from projects p
    left join machines m on m.id = p.machine_id
    left join archives a on a.id = p.current_archive_id`;

/** What is shown. Pages are cut by key, so a page costs the same wherever it is. */
export class Listings {
  readonly #db: Queryable;

  constructor(db: Queryable) {
    this.#db = db;
  }

  async project(id: string): Promise<ListedProject | undefined> {
    const rows = await this.#db.query<ListedProject>(`${listed} where p.id = $1`, [id]);
    return rows[0];
  }

  /** `suspended` and `active` are told apart by what Fly last reported. */
  async projects(filter: ListProjects & { limit: number }): Promise<ListedProject[]> {
    return this.#db.query<ListedProject>(
      `${listed}
        where ($1::text is null or p.id > $1)
          and ($2::text is null or p.region = $2)
          and ($5::text is null or p.id like $5 || '%')
          -- Says nothing new, but the index of states can be used.
          and ($3::text is null or p.state = case when $3 = 'suspended' then 'active' else $3 end)
          and case when $3::text is null then p.state <> 'deleted'
                   else (case when p.state = 'active' and m.fly_state = 'suspended' then 'suspended' else p.state end) = $3 end
        order by p.id
        limit $4`,
      [filter.cursor ?? null, filter.region ?? null, filter.state ?? null, filter.limit, filter.prefix ?? null],
    );
  }

  async machines(environment: string, filter: ListMachines & { limit: number }): Promise<MachineRow[]> {
    return this.#db.query<MachineRow>(
      `select ${machineColumns} from machines m
        where m.environment = $1
          and ($2::text is null or m.id > $2)
          and ($3::text is null or m.state = $3)
          and ($4::text is null or m.region = $4)
        order by m.id
        limit $5`,
      [environment, filter.cursor ?? null, filter.state ?? null, filter.region ?? null, filter.limit],
    );
  }

  /** Members of the warm pool, ready and coming. */
  async pool(environment: string, limit: number): Promise<MachineRow[]> {
    return this.#db.query<MachineRow>(
      `select ${machineColumns} from machines m
        where m.environment = $1 and m.project_id is null and m.state in ('ready', 'provisioning')
        order by m.state desc, m.created_at
        limit $2`,
      [environment, limit],
    );
  }

  async archive(id: string): Promise<ArchiveRow | undefined> {
    const rows = await this.#db.query<{ archive: ArchiveRow }>(
      `select to_jsonb(a) as archive from archives a where a.id = $1`,
      [id],
    );
    return rows[0]?.archive;
  }
}
