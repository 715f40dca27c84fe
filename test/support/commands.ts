import { EventEmitter } from 'node:events';
import { Config } from '@oclif/core';
import type { BaseCommand } from '../../src/cli/base-command.js';
import type { Surroundings } from '../../src/cli/environment.js';
import type { ExitCode } from '../../src/cli/failure/exit-codes.js';
import { Interruption } from '../../src/cli/interruption.js';
import type { Valet } from '../../src/sdk/valet.js';

export interface CommandClass {
  new (argv: string[], config: Config): BaseCommand & { run(): Promise<unknown> };
  readonly run: typeof BaseCommand.run;
}

export interface RunOptions {
  readonly valet?: Valet;
  readonly env?: Surroundings['env'];
  /** A terminal of this width; without it the output is piped. */
  readonly columns?: number;
  readonly openValet?: Surroundings['openValet'];
  /** What a person at the terminal types when asked; without it there is nobody to ask. */
  readonly typed?: string;
  /** Stands in for the process as the source of signals. */
  readonly process?: EventEmitter;
}

export interface Ran {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

const packageJson = { name: 'valet', version: '0.0.0', oclif: { bin: 'valet', topicSeparator: ' ' } } as const;

/** Runs a command in this process, as the installed program would, with its surroundings replaced. */
export async function runCommand(
  command: CommandClass,
  argv: readonly string[],
  options: RunOptions = {},
): Promise<Ran> {
  const ran = { stdout: '', stderr: '', exitCode: 0 };
  const surroundings: Surroundings = {
    env: options.env ?? {},
    stdout: output(options.columns, (text) => (ran.stdout += text)),
    stderr: output(options.columns, (text) => (ran.stderr += text)),
    writeBytes: async (bytes) => {
      ran.stdout += Buffer.from(bytes).toString();
    },
    terminal: undefined,
    askPerson: typing(options.typed, (text) => (ran.stderr += text)),
    openValet: options.openValet ?? (() => given(options.valet)),
    openLiveView: undefined,
    exitWith: (code) => {
      ran.exitCode = code;
    },
    interruption: () =>
      new Interruption(options.process ?? new EventEmitter(), (code: ExitCode) => (ran.exitCode = code)),
    endWithin: () => undefined,
  };
  const config = await Config.load({ root: import.meta.dirname, pjson: packageJson });
  class InTest extends command {
    static id = 'in:test';
    protected override readonly surroundings = surroundings;
  }
  await InTest.run([...argv], config);
  return ran;
}

function output(columns: number | undefined, write: (text: string) => void) {
  return { write, columns, colours: false };
}

/** The question stands on stderr as it would on a terminal. */
function typing(answer: string | undefined, write: (text: string) => void): Surroundings['askPerson'] {
  if (answer === undefined) return undefined;
  return async (question) => {
    write(`${question}\n`);
    return answer;
  };
}

async function given(valet: Valet | undefined): Promise<Valet> {
  if (valet === undefined) throw new Error('This test gave the command no Valet.');
  return valet;
}
