/**
 * Where one attempt at an archive goes. No two attempts share a key, so a late upload of an abandoned one can never
 * replace what was proven. Keys of a project sort by epoch.
 * @param attempt unique to the attempt: the id of its row
 */
export function archiveKey(projectId: string, epoch: number, attempt: string): string {
  return `projects/${projectId}/${String(epoch).padStart(16, '0')}-${attempt}.sqlite`;
}

/** Where the high-water marks of one database are: one small object for each, whose key says all. */
export function markPrefix(environment: string, databaseId: string): string {
  return `valet/marks/${environment}/${databaseId}/`;
}

/** Keys of marks sort by epoch. */
export function markKey(environment: string, databaseId: string, epoch: number): string {
  return `${markPrefix(environment, databaseId)}${String(epoch).padStart(16, '0')}`;
}

/** Null where the key is none of a mark. */
export function epochOfMark(key: string): number | null {
  const digits = /\/(\d{16})$/.exec(key)?.[1];
  return digits === undefined ? null : Number(digits);
}
