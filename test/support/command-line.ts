import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { LocalPlatform } from 'valet/local';
import { openValet } from '../../src/cli/open-valet.js';
import { type CommandClass, type Ran, runCommand } from './commands.js';

const commands = new URL('../../src/commands/', import.meta.url);

/** A whole command line in this process, on what its environment names: as the built program, in a tenth of the time. */
export async function runLine(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Ran> {
  const { file, rest } = commandOf(args);
  const { default: command }: { readonly default: CommandClass } = await import(file);
  return runCommand(command, rest, { env, openValet });
}

function commandOf(args: readonly string[]): { readonly file: string; readonly rest: readonly string[] } {
  for (const words of [2, 1]) {
    const { href } = new URL(`${args.slice(0, words).join('/')}.ts`, commands);
    if (existsSync(fileURLToPath(href))) return { file: href, rest: args.slice(words) };
  }
  throw new Error(`There is no command ${args.join(' ')}.`);
}

/** A command line on the platform, once with the SDK and the environment, once over HTTP. */
export function linesOn({ env, publicUrl, secret }: LocalPlatform) {
  return {
    directly: (...args: readonly string[]) => runLine(args, env),
    overHttp: (...args: readonly string[]) => runLine(args, { VALET_URL: publicUrl, CONTROL_PLANE_SECRET: secret }),
  };
}
