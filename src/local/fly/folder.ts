import { cp, lstat, mkdir, opendir, rm } from 'node:fs/promises';
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

const copyAttempts = 5;

/**
 * Copies all that is in the folder, file by file: what a program writes meanwhile may be in the copy or not.
 * @throws when files keep vanishing under the copy
 */
export async function copyFolder(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (let attempt = 1; ; attempt++) {
    try {
      await cp(from, to, { recursive: true });
      return;
    } catch (error) {
      // A program removed a file, as databases do with their logs, between its listing and its copy.
      if (!isMissing(error) || attempt === copyAttempts) throw error;
    }
  }
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

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
