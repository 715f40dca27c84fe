import { expect } from 'vitest';
import type { Instance } from './instance.js';
import type { TestPlatform } from './test-platform.js';

/** A project with data, whose sleeping and waking a test follows. */
export class Sleeper {
  readonly id: string;
  readonly #platform: TestPlatform;
  readonly #instance: Instance;

  constructor(platform: TestPlatform, instance: Instance, id: string) {
    this.#platform = platform;
    this.#instance = instance;
    this.id = id;
  }

  async create(): Promise<this> {
    await this.#instance.valet.projects.create({ id: this.id });
    const answer = await this.#platform.visit(this.id, '/kv/kept', { method: 'PUT', body: `data of ${this.id}` });
    expect(answer.status).toBe(204);
    return this;
  }

  async row() {
    const [row] = await this.#platform.database.db.query<{
      state: string;
      epoch: number;
      machine_id: string | null;
      current_archive_id: string | null;
      last_active_at: Date;
      wake_failures: number;
      wake_retry_secs: number | null;
      archive_failures: number;
      archive_retry_secs: number | null;
    }>(
      `select state, epoch, machine_id, current_archive_id, last_active_at, wake_failures, archive_failures,
              extract(epoch from wake_retry_at - valet_now())::float8 as wake_retry_secs,
              extract(epoch from archive_retry_at - valet_now())::float8 as archive_retry_secs
         from projects where id = $1`,
      [this.id],
    );
    if (!row) throw new Error(`There is no project ${this.id}.`);
    return row;
  }

  async fallAsleep(): Promise<void> {
    if ((await this.row()).state !== 'dormant') await this.#instance.valet.projects.archive(this.id);
  }

  async wakeUp(): Promise<void> {
    await this.#instance.valet.projects.wake(this.id);
  }

  /** Reads what was written at the beginning. */
  async expectData(where = this.id): Promise<void> {
    const answer = await this.#platform.visit(this.id, '/kv/kept');
    expect(`${answer.status} ${await answer.text()}`, where).toBe(`200 data of ${this.id}`);
  }

  /** What happened to it, the oldest first. */
  async events(): Promise<string[]> {
    const rows = await this.#platform.database.db.query<{ what: string }>(
      'select what from events where project_id = $1 order by id',
      [this.id],
    );
    return rows.map(({ what }) => what);
  }
}
