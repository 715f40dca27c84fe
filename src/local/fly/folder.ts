import { lstat, opendir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** A volume with more files is shown emptier than it is, rather than that looking at it takes long. */
const maxCountedFiles = 10_000;

/** Bytes in all files below the folder; 0 when it is gone. */
export async function folderBytes(dir: string): Promise<number> {
  let bytes = 0;
  let counted = 0;
  try {
    for await (const entry of await opendir(dir, { recursive: true })) {
      if (++counted > maxCountedFiles) break;
      if (entry.isFile()) bytes += await fileBytes(join(entry.parentPath, entry.name));
    }
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  return bytes;
}

/** With all that is in it, also while a program that was just killed is still writing. Nothing if it is not there. */
export async function removeFolder(dir: string): Promise<void> {
  await rm(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
}

async function fileBytes(path: string): Promise<number> {
  try {
    return (await lstat(path)).size;
  } catch (error) {
    if (isMissing(error)) return 0;
    throw error;
  }
}

/** Whether it says that a file or folder is not there. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
