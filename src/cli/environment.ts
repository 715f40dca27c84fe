import type { Environment } from '../sdk/config.js';
import { type ExitCode, exitCodes } from './failure/exit-codes.js';
import { Interruption } from './interruption.js';
import { openValet } from './open-valet.js';
import type { ProgressView } from './progress/view.js';

export interface Output {
  write(text: string): void;
  /** Undefined where it is no terminal: then nothing is cut off. */
  readonly columns: number | undefined;
  readonly colours: boolean;
}

export interface LiveTerminal {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
}

/** All that a command touches of the process it runs in. */
export interface Surroundings {
  readonly env: Environment;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Writes to stdout as fast as it is read. @throws what the system says when nobody reads any more */
  writeBytes(bytes: Uint8Array): Promise<void>;
  /** For a live screen and its keys; undefined where stdin or stdout is no terminal. */
  readonly terminal: LiveTerminal | undefined;
  /** Asks the person at the terminal; undefined where there is none. */
  readonly askPerson: ((question: string, signal: AbortSignal) => Promise<string>) | undefined;
  readonly openValet: typeof openValet;
  /** Draws how far long work has come, on stderr; undefined where that is no terminal, or one that can do no more than lines. */
  readonly openLiveView: ((title: string) => Promise<ProgressView>) | undefined;
  /** The exit code for when everything has been written and closed. */
  exitWith(code: ExitCode): void;
  interruption(): Interruption;
  /** Ends the process with 0 if something still keeps it alive after so long, and says what kinds of things those are. */
  endWithin(graceMs: number, onLeftOpen: (kinds: readonly string[]) => void): void;
}

/** The one place that reads the process's environment. */
export function processSurroundings(): Surroundings {
  for (const stream of [process.stdout, process.stderr]) stream.off('error', outliveReader).on('error', outliveReader);
  return {
    env: process.env,
    stdout: outputTo(process.stdout, process.env),
    stderr: outputTo(process.stderr, process.env),
    writeBytes: (bytes) =>
      new Promise((resolve, reject) => {
        process.stdout.write(bytes, (error) => (error ? reject(error) : resolve()));
      }),
    terminal: process.stdin.isTTY && process.stdout.isTTY ? process : undefined,
    askPerson: process.stdin.isTTY && process.stderr.isTTY ? askTerminal : undefined,
    openValet,
    openLiveView: canRedraw(process.stderr, process.env) ? openLiveView : undefined,
    exitWith: (code) => {
      process.exitCode = code;
    },
    interruption: () => new Interruption(process, (code) => process.exit(code)),
    endWithin: (graceMs, onLeftOpen) => {
      const end = () => {
        onLeftOpen(process.getActiveResourcesInfo());
        process.exit(exitCodes.ok);
      };
      // The timer itself keeps nothing alive: it fires only if something else does.
      setTimeout(end, graceMs).unref();
    },
  };
}

/** Where CI is set a log is read, whatever the stream says. */
export function canRedraw(stream: Pick<NodeJS.WriteStream, 'isTTY'>, env: Environment): boolean {
  return stream.isTTY === true && env.TERM !== 'dumb' && !env.CI;
}

async function openLiveView(title: string): Promise<ProgressView> {
  const live = await import('./progress/live-view.js');
  return live.openLiveView(title, process.stderr, outputTo(process.stderr, process.env).colours);
}

async function askTerminal(question: string, signal: AbortSignal): Promise<string> {
  const { askPerson } = await import('./terminal.js');
  return askPerson({ input: process.stdin, output: process.stderr }, question, signal);
}

const readerGone: readonly unknown[] = ['EPIPE', 'EIO'];

/** Nobody reads any more (`| head`, a closed terminal): no reason to leave things open that are still to be closed. */
function outliveReader(error: Error): void {
  if (!('code' in error) || !readerGone.includes(error.code)) throw error;
}

/** No colours when piped, or with NO_COLOR (https://no-color.org), or on a dumb terminal. */
export function outputTo(stream: NodeJS.WriteStream, env: Environment): Output {
  const isTerminal = stream.isTTY === true;
  return {
    write: (text) => void stream.write(text),
    columns: isTerminal ? stream.columns || 80 : undefined,
    colours: isTerminal && !env.NO_COLOR && env.TERM !== 'dumb',
  };
}
