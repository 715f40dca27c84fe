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
