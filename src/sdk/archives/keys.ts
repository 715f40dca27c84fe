/**
 * Where one attempt at an archive goes. No two attempts share a key, so a late upload of an abandoned one can never
 * replace what was proven. Keys of a project sort by epoch.
 * @param attempt unique to the attempt: the id of its row
 */
export function archiveKey(projectId: string, epoch: number, attempt: string): string {
  return `projects/${projectId}/${String(epoch).padStart(16, '0')}-${attempt}.sqlite`;
}
