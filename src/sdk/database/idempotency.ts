import type { ProjectId } from '../projects/project-id.js';
import type { Queryable } from './database.js';

/** A key is remembered for so long; then it may be used again. */
const keepHours = 24;
/** Each look also forgets so many old keys, so that they cannot pile up. */
const maxForgotten = 20;

/** Which project an `Idempotency-Key` made. The answer itself is in the project's row, its deploy key sealed. */
export class IdempotencyTable {
  readonly #db: Queryable;

  constructor(db: Queryable) {
    this.#db = db;
  }

  async find(keyHash: string): Promise<{ requestHash: string; projectId: ProjectId } | undefined> {
    await this.#db.query(
      `delete from idempotency_keys where key_hash in (
         select key_hash from idempotency_keys
          where created_at < valet_now() - make_interval(hours => $2)
          order by key_hash <> $1, created_at
          limit $3
       )`,
      [keyHash, keepHours, maxForgotten],
    );
    const [row] = await this.#db.query<{ request_hash: string; project_id: ProjectId }>(
      `select request_hash, project_id from idempotency_keys where key_hash = $1`,
      [keyHash],
    );
    return row && { requestHash: row.request_hash, projectId: row.project_id };
  }
}
