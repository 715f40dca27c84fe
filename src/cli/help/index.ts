import { type Command, Errors, Help, type Interfaces } from '@oclif/core';
import { processSurroundings } from '../environment.js';
import { tellUnknownCommand } from '../failure/unknown-command.js';
import { ValetCommandHelp } from './command-help.js';
import { rootSections, twoWays } from './root-help.js';

const maxColumns = 80;
const learnMore = `docs/cli.md is the page of the command line; docs/errors.md has every code.`;

/** What `--help` shows. oclif loads it by its path in package.json, and only to show help. */
export default class ValetHelp extends Help {
  protected override CommandHelpClass = ValetCommandHelp;

  constructor(config: Interfaces.Config, options: Partial<Interfaces.HelpOptions> = {}) {
    super(config, options);
    this.opts.maxWidth = Math.min(this.opts.maxWidth, maxColumns);
  }

  override async showHelp(argv: string[]): Promise<void> {
    try {
      await super.showHelp(argv);
    } catch (error) {
      if (!(error instanceof Errors.CLIError)) throw error;
      tellUnknownCommand(argv, this.config, processSurroundings());
    }
  }

  /** One sentence, how it is called, and all there is, by what it is for. */
  protected override async showRootHelp(): Promise<void> {
    const { bin, pjson, commands, topics } = this.config;
    const parts = [
      this.wrap(pjson.description ?? '', 0),
      this.section('USAGE', `$ ${bin} COMMAND [arguments] [flags]\n$ ${bin} COMMAND --help`),
      ...rootSections(commands, topics).map(({ title, rows }) => this.#rows(title, rows)),
      this.section('TWO WAYS TO REACH VALET', twoWays.map((way) => this.wrap(way)).join('\n')),
      this.section('LEARN MORE', this.wrap(learnMore)),
    ];
    this.log(`${parts.join('\n\n')}\n`);
  }

  protected override async showTopicHelp(topic: Interfaces.Topic): Promise<void> {
    const inTopic = this.sortedCommands.filter(({ id }) => id.startsWith(`${topic.name}:`));
    const rows = inTopic.map((command) => [command.id.replaceAll(':', ' '), this.summary(command) ?? ''] as const);
    const parts = [
      this.wrap(topic.description ?? '', 0),
      this.section('USAGE', `$ ${this.config.bin} ${topic.name} COMMAND [arguments] [flags]`),
      this.#rows('COMMANDS', rows),
    ];
    this.log(`${parts.join('\n\n')}\n`);
  }

  /** The whole sentence, within the width. */
  protected override summary(command: Command.Loadable): string | undefined {
    const summary = super.summary(command);
    return summary === undefined ? undefined : this.wrap(summary, 0);
  }

  #rows(title: string, rows: readonly (readonly [string, string])[]): string {
    const list = rows.map(([name, text]): [string, string] => [name, text.replaceAll('\n', ' ')]);
    return this.section(title, list);
  }
}
