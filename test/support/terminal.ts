import { fileURLToPath } from 'node:url';
import { type IPty, spawn } from '@lydell/node-pty';
import xterm from '@xterm/headless';
import { expect } from 'vitest';

const program = fileURLToPath(new URL('../../bin/run.js', import.meta.url));

export interface TerminalOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly columns?: number;
  readonly rows?: number;
  /** What stands on the screen before the program begins. */
  readonly before?: string;
}

/** The built `valet` in a pseudo-terminal, and what a person in front of it would see. */
export class ValetInTerminal implements AsyncDisposable {
  readonly exited: Promise<number>;
  readonly #pty: IPty;
  readonly #screen: InstanceType<typeof xterm.Terminal>;
  #over = false;
  #cursorShown = true;

  private constructor(pty: IPty, screen: InstanceType<typeof xterm.Terminal>) {
    this.#pty = pty;
    this.#screen = screen;
    pty.onData((text) => screen.write(text));
    this.#noteCursor('h', true);
    this.#noteCursor('l', false);
    this.exited = new Promise((resolve) => {
      pty.onExit(({ exitCode }) => {
        this.#over = true;
        resolve(exitCode);
      });
    });
  }

  static start(
    args: readonly string[],
    { env = {}, columns = 80, rows = 24, before = '' }: TerminalOptions = {},
  ): ValetInTerminal {
    const least = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', TERM: 'xterm-256color' };
    const size = { cols: columns, rows };
    const pty = spawn(process.execPath, [program, ...args], { ...size, env: { ...least, ...env } });
    const screen = new xterm.Terminal({ ...size, allowProposedApi: true });
    screen.write(before);
    return new ValetInTerminal(pty, screen);
  }

  /** What stands on the screen now, line by line, without what is blank at the ends. */
  get screen(): string {
    return this.#linesFrom(this.#screen.buffer.active.viewportY);
  }

  /** The same with all that has been scrolled away. */
  get everything(): string {
    return this.#linesFrom(0);
  }

  /** Waits until the screen is as it should be; else fails with what stands on it. */
  async shows(what: string | RegExp): Promise<void> {
    if (typeof what === 'string') await expect.poll(() => this.everything).toContain(what);
    else await expect.poll(() => this.everything).toMatch(what);
  }

  /** Whether a person sees where they would type. */
  get cursorShown(): boolean {
    return this.#cursorShown;
  }

  press(keys: string): void {
    this.#pty.write(keys);
  }

  /** As from outside the terminal. */
  signal(name: NodeJS.Signals): void {
    this.#pty.kill(name);
  }

  resize(columns: number, rows: number): void {
    this.#pty.resize(columns, rows);
    this.#screen.resize(columns, rows);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#over) this.#pty.kill('SIGKILL');
    await this.exited;
    this.#screen.dispose();
  }

  /** DECTCEM: `CSI ? 25 h` shows the cursor, `CSI ? 25 l` hides it. */
  #noteCursor(final: 'h' | 'l', shown: boolean): void {
    this.#screen.parser.registerCsiHandler({ prefix: '?', final }, (params) => {
      if (params.includes(25)) this.#cursorShown = shown;
      return false;
    });
  }

  #linesFrom(first: number): string {
    const { active } = this.#screen.buffer;
    const lines = Array.from({ length: active.length - first }, (_, index) => active.getLine(first + index));
    return lines
      .map((line) => line?.translateToString(true) ?? '')
      .join('\n')
      .trimEnd();
  }
}
