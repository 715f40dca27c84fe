/** A process that we have started and that leads a group of its own. */
export interface StartedProcess {
  readonly pid: number;
  /** Resolves when it has ended; never rejects. */
  readonly exited: Promise<unknown>;
  /** How it is ended by somebody in a hurry: `SIGQUIT` lets PostgreSQL give back its shared memory. */
  readonly endWith: 'SIGKILL' | 'SIGQUIT';
}

export type OnProcess = (started: StartedProcess) => void;
