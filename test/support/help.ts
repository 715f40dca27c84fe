import { fileURLToPath } from 'node:url';
import { Config } from '@oclif/core';
import ValetHelp from '../../src/cli/help/index.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The program as it was built: its package.json and its list of commands. */
export function builtConfig(): Promise<Config> {
  return Config.load({ root });
}

/** What `valet <words> --help` writes to a pipe. */
export async function helpText(...words: readonly string[]): Promise<string> {
  const help = new HelpAsText(await builtConfig(), { stripAnsi: true });
  await help.showHelp([...words, '--help']);
  return help.text;
}

class HelpAsText extends ValetHelp {
  text = '';

  protected override log(...parts: string[]): void {
    this.text += `${parts.join(' ')}\n`;
  }
}
