import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { blankState, type KeptState, keptStateSchema } from './kept-state.js';

/**
 * The kept state as a file on the volume. Reads and writes are synchronous on purpose: between looking at the state and
 * having changed it for good no other request gets a turn.
 */
export class StateFile {
  readonly #path: string;
  #current: KeptState;

  /** @throws Error when the file is there but cannot be understood: a machine that forgot its epoch would obey old decisions. */
  constructor(path: string) {
    this.#path = path;
    this.#current = read(path);
  }

  get current(): KeptState {
    return this.#current;
  }

  /** On disk when this returns; after a crash at any point the file holds either the old or the new state, whole. */
  write(next: KeptState): void {
    const draft = `${this.#path}.tmp`;
    const file = openSync(draft, 'w', 0o600);
    try {
      writeSync(file, JSON.stringify(next));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(draft, this.#path);
    syncFolder(dirname(this.#path));
    this.#current = next;
  }
}

function read(path: string): KeptState {
  const text = readIfThere(path);
  if (text === undefined) return blankState;
  try {
    return keptStateSchema.parse(JSON.parse(text));
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : 'It is not JSON.';
    throw new Error(
      `The state file ${path} cannot be understood, so this machine does not know whose it is. ${why} ` +
        'Put the file back, or give the project a new machine from its archive.',
      { cause: error },
    );
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Makes renames and removals in the folder survive a power cut. */
export function syncFolder(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
