import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { LocalFault } from '../fault.js';
import type { StartedProcess } from '../started-process.js';
import { childEnvironment } from './child-environment.js';
import { type Program, withArgs } from './program.js';

/** Longer than it takes to end what does not want to end. */
const stopTimeoutMs = 30_000;

/**
 * A process beside ours that holds the end of a pipe. When we are gone, however that came (a second Ctrl-C, a crash,
 * `SIGKILL`), it ends every process that was started for the platform and removes its folder. A suspended machine
 * could not do that by itself, and PostgreSQL would not.
 */
export class Reaper {
  readonly #child: ChildProcess;
  readonly #orders: Writable;

  private constructor(child: ChildProcess, orders: Writable) {
    this.#child = child;
    this.#orders = orders;
  }

  /** @param folder what it removes in the end */
  static async start(program: Program, folder: string): Promise<Reaper> {
    const { command, args } = withArgs(program, folder);
    // In a session of its own: what ends the terminal's processes does not reach it.
    const stdio = ['pipe', 'ignore', 'ignore'] as const;
    const child = spawn(command, args, { env: childEnvironment(), cwd: '/', detached: true, stdio: [...stdio] });
    if (child.stdin === null) throw new LocalFault('The reaper has no stdin.');
    // Without it the platform still works; what it would have done is then not done.
    child.stdin.on('error', () => undefined);
    await once(child, 'spawn');
    return new Reaper(child, child.stdin);
  }

  readonly watch = ({ pid, exited, endWith }: StartedProcess): void => {
    this.#orders.write(`${pid} ${endWith}\n`);
    void exited.then(() => {
      if (this.#orders.writable) this.#orders.write(`${pid} ended\n`);
    });
  };

  /** Lets it end what is still there, and waits for it. Repeatable. */
  async stop(): Promise<void> {
    this.#orders.end();
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), stopTimeoutMs);
    await once(this.#child, 'exit');
    clearTimeout(timer);
  }
}
