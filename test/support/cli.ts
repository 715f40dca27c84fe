import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { OwnTmp } from './leftovers.js';

const program = fileURLToPath(new URL('../../bin/run.js', import.meta.url));
const saidTimeoutMs = 60_000;

type Variables = Readonly<Record<string, string>>;

function spawnValet(args: readonly string[], env: Variables, stdin: 'ignore' | 'pipe') {
  const least = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '' };
  const options = {
    env: { ...least, ...env },
    extendEnv: false,
    reject: false,
    detached: true,
    timeout: 120_000,
  } as const;
  return execa(process.execPath, [program, ...args], { ...options, stdin });
}

/** Runs the built `valet` to its end, with nothing in its environment but what is given. */
export async function valet(args: readonly string[], env: Variables = {}) {
  const { exitCode, stdout, stderr } = await spawnValet(args, env, 'ignore');
  return { exitCode, stdout, stderr };
}

/** A built `valet` that goes on until it is told to end; it leads a process group, as a program in a terminal does. */
export class RunningValet implements AsyncDisposable {
  readonly tmp: OwnTmp;
  readonly #child: ReturnType<typeof spawnValet>;
  readonly #heard: { readonly text: string; readonly resolve: () => void }[] = [];
  #said = '';

  private constructor(tmp: OwnTmp, args: readonly string[], env: Variables) {
    this.tmp = tmp;
    this.#child = spawnValet(args, { TMPDIR: tmp.dir, ...env }, 'pipe');
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        this.#said += chunk.toString();
        for (const { text, resolve } of this.#heard) if (this.#said.includes(text)) resolve();
      });
    }
  }

  static async start(args: readonly string[], env: Variables = {}): Promise<RunningValet> {
    return new RunningValet(await OwnTmp.make(), args, env);
  }

  /** Both outputs, as they came. */
  get said(): string {
    return this.#said;
  }

  get exited() {
    return this.#child.then(({ exitCode, signal, stdout }) => ({ exitCode, signal, stdout }));
  }

  /** @throws with all that it said, when it ends or stays silent instead */
  async says(text: string): Promise<void> {
    if (this.#said.includes(text)) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const fail = (why: string) => reject(new Error(`valet ${why} before it said "${text}":\n${this.#said}`));
    const timer = setTimeout(() => fail('was silent'), saidTimeoutMs);
    this.#heard.push({ text, resolve });
    void this.#child.then(() => (this.#said.includes(text) ? resolve() : fail('ended')));
    await promise.finally(() => clearTimeout(timer));
  }

  /** As a parent that has nothing to say, or that is gone. */
  closeStdin(): void {
    this.#child.stdin?.end();
  }

  /** As Ctrl-C does: to every process of its group. */
  signalGroup(name: NodeJS.Signals): void {
    process.kill(-(this.#child.pid ?? 0), name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#child;
    await this.tmp[Symbol.asyncDispose]();
  }
}
