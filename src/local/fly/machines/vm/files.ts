import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import type { MachineConfig } from '../config/schema.js';
import { type Places, placedHere } from './environment.js';

export interface FilesPlace {
  readonly rootDir: string;
  readonly places: Places;
  /** The app's, by name; a file may hold one, in base64. */
  readonly secrets: Readonly<Record<string, string>>;
}

/**
 * Writes the config's files into the root folder, or into the volume where it is mounted. One whose secret is not there,
 * or that wants an image's config, is left out.
 */
export async function writeFiles(config: MachineConfig, { rootDir, places, secrets }: FilesPlace): Promise<void> {
  for (const { guest_path: path, raw_value: value, secret_name: name = '', mode } of config.files ?? []) {
    const content = value ?? (Object.hasOwn(secrets, name) ? secrets[name] : undefined);
    if (content === undefined) continue;
    const file = fileHere(path, rootDir, places);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, Buffer.from(content, 'base64'), mode === undefined ? {} : { mode });
  }
}

/** Never outside of the root folder, however many `..` the path has. */
function fileHere(guestPath: string, rootDir: string, places: Places): string {
  const path = normalize(guestPath);
  const placed = placedHere(places, path);
  return placed === path ? join(rootDir, path) : placed;
}
