import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Flags, Parser } from '@oclif/core';
import { execa } from 'execa';
import { builtConfig } from './help.js';

const program = fileURLToPath(new URL('../../bin/run.js', import.meta.url));
const config = await builtConfig();

export interface Example {
  readonly command: string;
  /** As it stands in the help. */
  readonly text: string;
}

export const examples: readonly Example[] = config.commands.flatMap(({ id, examples = [] }) =>
  examples.map((example) => ({
    command: id.replaceAll(':', ' '),
    text: (typeof example === 'string' ? example : example.command)
      .replaceAll('<%= config.bin %>', 'valet')
      .replaceAll('<%= command.id %>', id.replaceAll(':', ' ')),
  })),
);

/** A shell in a folder of its own, with nothing but a `valet` on its PATH beside what every system has. */
export class ExampleShell {
  readonly #dir: string;
  readonly #env: Readonly<Record<string, string>>;

  private constructor(dir: string, env: Readonly<Record<string, string>>) {
    this.#dir = dir;
    this.#env = env;
  }

  static async in(dir: string, env: Readonly<Record<string, string>>): Promise<ExampleShell> {
    await mkdir(join(dir, 'bin'));
    await mkdir(join(dir, 'echo'));
    await script(join(dir, 'bin', 'valet'), `exec '${process.execPath}' '${program}' "$@"`);
    await script(join(dir, 'echo', 'valet'), `for word; do printf '%s\\0' "$word"; done`);
    return new ExampleShell(dir, env);
  }

  async run(text: string) {
    const { exitCode, stdout, stderr } = await this.#sh('bin', text);
    return { exitCode, stdout, stderr };
  }

  /** What the shell makes of the first command in it, as `valet` gets it. */
  async words(text: string): Promise<string[]> {
    const [first = ''] = text.split(' | ');
    return (await this.#sh('echo', first)).stdout.split('\0').slice(0, -1);
  }

  #sh(first: string, text: string) {
    const PATH = [join(this.#dir, first), process.env.PATH ?? ''].join(delimiter);
    const env = { ...this.#env, PATH, HOME: this.#dir };
    const options = { cwd: this.#dir, env, extendEnv: false, reject: false, timeout: 60_000 } as const;
    return execa('sh', ['-c', text], { ...options, stdin: 'ignore' });
  }
}

/** Checks words against the arguments and flags of their command, and runs nothing. @throws what the command would say */
export async function parseOnly(command: string, words: readonly string[]): Promise<void> {
  const found = await config.findCommand(command.replaceAll(' ', ':'), { must: true }).load();
  const flags = { json: Flags.boolean(), ...found.baseFlags, ...found.flags };
  const rest = words.slice(command.split(' ').length);
  await Parser.parse([...rest], { args: found.args, flags, strict: found.strict });
}

async function script(path: string, text: string): Promise<void> {
  await writeFile(path, `#!/bin/sh\n${text}\n`);
  await chmod(path, 0o755);
}
