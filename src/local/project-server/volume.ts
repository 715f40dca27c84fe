import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { KeptState, RestoreResult } from './kept-state.js';
import { ProjectDatabase } from './project-database.js';
import { StateFile, syncFolder } from './state-file.js';

/**
 * What is on the machine's volume: the state file, the project's database, and while a transfer runs a download or a
 * copy beside it. A restore is decided by the state file: once it names the restored file, a crash
 * before the swap is made good when the server starts again.
 */
export class Volume {
  readonly downloadPath: string;
  readonly copyPath: string;
  /** A download that was checked: only this is ever swapped in. */
  readonly #restoredPath: string;
  readonly #dir: string;
  readonly #databasePath: string;
  readonly #stateFile: StateFile;
  #database: ProjectDatabase | undefined;

  /** @throws Error when state and database do not agree on whose they are */
  constructor(dir: string) {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    this.#dir = dir;
    this.#databasePath = join(dir, 'project.sqlite');
    this.downloadPath = join(dir, 'download.sqlite');
    this.copyPath = join(dir, 'copy.sqlite');
    this.#restoredPath = join(dir, 'restored.sqlite');
    this.#stateFile = new StateFile(join(dir, 'state.json'));
    if (this.state.restored?.swapped === false) this.#finishSwap();
    for (const leftover of [this.downloadPath, this.copyPath, this.#restoredPath]) this.discard(leftover);
    if (this.state.project_id !== null)
      this.#database = ProjectDatabase.open(this.#databasePath, this.state.project_id);
  }

  get state(): KeptState {
    return this.#stateFile.current;
  }

  /** Undefined until the machine is configured. */
  get database(): ProjectDatabase | undefined {
    return this.#database;
  }

  keep(next: KeptState): void {
    if (next !== this.state) this.#stateFile.write(next);
  }

  /**
   * Becomes a project's volume. The database comes first: a state that names a project whose database is missing means
   * lost data and must never be the trace of a mere crash.
   */
  becomeProject(projectId: string, deployKeySha256: string, epoch: number): void {
    this.#database ??= ProjectDatabase.openOrCreate(this.#databasePath, projectId, epoch);
    this.keep({ ...this.state, project_id: projectId, deploy_key_sha256: deployKeySha256 });
  }

  /** Puts the checked and flushed download in the place of the database. */
  swapInDownload(epoch: number, result: RestoreResult): void {
    const projectId = this.state.project_id;
    if (projectId === null) throw new Error('A machine without a project has nothing to restore.');
    renameSync(this.downloadPath, this.#restoredPath);
    this.keep({ ...this.state, restored: { epoch, result, swapped: false } });
    this.#database?.close();
    this.#finishSwap();
    this.#database = ProjectDatabase.open(this.#databasePath, projectId);
  }

  discard(path: string): void {
    for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(path + suffix, { force: true });
  }

  close(): void {
    this.#database?.close();
  }

  /** Repeatable. The old write-ahead log goes first: SQLite would play it into the new file. */
  #finishSwap(): void {
    const restored = this.state.restored;
    if (restored === null) return;
    if (existsSync(this.#restoredPath)) {
      for (const suffix of ['-wal', '-shm']) rmSync(this.#databasePath + suffix, { force: true });
      syncFolder(this.#dir);
      renameSync(this.#restoredPath, this.#databasePath);
      syncFolder(this.#dir);
    }
    this.keep({ ...this.state, restored: { ...restored, swapped: true } });
  }
}
