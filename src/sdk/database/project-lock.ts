import type { Database } from './database.js';

/**
 * A claim whose answer was lost may still be under way. It holds the project's row, so it is waited for in a statement
 * of its own: the next one then sees the machine that it took, which a single statement's snapshot would miss.
 */
export async function afterLocking<Row extends object>(
  db: Database,
  projectId: string,
  sql: string,
  values: readonly unknown[],
): Promise<Row[]> {
  return db.transaction(async (transaction) => {
    await transaction.query('select 1 from projects where id = $1 for update', [projectId]);
    return transaction.query<Row>(sql, values);
  });
}
