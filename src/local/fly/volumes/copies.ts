import { cp, mkdir } from 'node:fs/promises';
import { isMissing, removeFolder } from '../folder.js';

const maxAttempts = 5;

/** Copies of folders, which may take long and end with the emulator. */
export class Copies {
  readonly #ending = new AbortController();
  readonly #running = new Set<Promise<void>>();

  /**
   * Copies all that is in the folder, file by file: what a program writes meanwhile may be in the copy or not. Nothing is
   * left of a copy that fails.
   * @throws when files keep vanishing under it, and when the emulator ends
   */
  make(from: string, to: string): Promise<void> {
    const copy = this.#make(from, to).finally(() => this.#running.delete(copy));
    this.#running.add(copy);
    return copy;
  }

  /** Breaks off those that are under way. */
  async close(): Promise<void> {
    this.#ending.abort();
    await Promise.allSettled(this.#running);
  }

  async #make(from: string, to: string): Promise<void> {
    try {
      await mkdir(to, { recursive: true });
      await this.#tryToCopy(from, to);
    } catch (error) {
      await removeFolder(to);
      throw error;
    }
  }

  async #tryToCopy(from: string, to: string): Promise<void> {
    const { signal } = this.#ending;
    for (let attempt = 1; ; attempt++) {
      try {
        await cp(from, to, { recursive: true, filter: () => !signal.aborted });
        return signal.throwIfAborted();
      } catch (error) {
        // A program removed a file, as databases do with their logs, between its listing and its copy.
        if (!isMissing(error) || attempt === maxAttempts) throw error;
      }
    }
  }
}
