import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import type { MachineConfig } from '../config/schema.js';
import { type Places, placedHere } from './environment.js';

/** Writes the config's files into the root folder, or into the volume where it is mounted. */
export async function writeFiles(config: MachineConfig, rootDir: string, places: Places): Promise<void> {
  for (const { guest_path: path, raw_value: value, mode } of config.files ?? []) {
    if (value === undefined) continue;
    const file = fileHere(path, rootDir, places);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, Buffer.from(value, 'base64'), mode === undefined ? {} : { mode });
  }
}

/** Never outside of the root folder, however many `..` the path has. */
function fileHere(guestPath: string, rootDir: string, places: Places): string {
  const path = normalize(guestPath);
  const placed = placedHere(places, path);
  return placed === path ? join(rootDir, path) : placed;
}
