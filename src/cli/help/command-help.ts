import { type Command, CommandHelp } from '@oclif/core';
import { foldCommand } from './fold-command.js';

/** Help for one command: how it is written, what it takes, and examples that can be copied as they stand. */
export class ValetCommandHelp extends CommandHelp {
  protected override usage(): string {
    const { id, args = {}, flags = {}, strict } = this.command;
    const taken = Object.values(args).map((arg) => {
      const name = `${arg.name.toUpperCase()}${strict === false && !arg.name.endsWith('...') ? '...' : ''}`;
      return arg.required ? name : `[${name}]`;
    });
    const required = Object.values(flags)
      .filter((flag) => flag.required)
      .map((flag) => this.flagHelpLabel(flag).trim());
    return this.wrap(
      [
        `$ ${this.config.bin} ${id.replaceAll(':', ' ')}`,
        ...taken,
        ...required,
        ...(Object.keys(flags).length > 0 ? ['[flags]'] : []),
      ].join(' '),
    );
  }

  /** The first sentence stands above already. */
  protected override description(): string | undefined {
    const { summary, description } = this.command;
    return summary === undefined || description === undefined ? undefined : this.wrap(description);
  }

  protected override flags(flags: Command.Flag.Any[]): [string, string | undefined][] | undefined {
    return super.flags(flags.map(withoutEmptyDefault));
  }

  protected override examples(examples: Command.Example[] | string | undefined): string | undefined {
    if (examples === undefined || examples.length === 0) return undefined;
    const commands = [examples].flat().map((example) => (typeof example === 'string' ? example : example.command));
    const width = this.opts.maxWidth - this.indentSpacing;
    return commands.map((command) => foldCommand(`$ ${this.render(command)}`, width)).join('\n');
  }
}

function withoutEmptyDefault(flag: Command.Flag.Any): Command.Flag.Any {
  return flag.type === 'option' && Array.isArray(flag.default) && flag.default.length === 0
    ? { ...flag, default: undefined }
    : flag;
}
