import { Args, Flags } from '@oclif/core';
import { parseDuration } from '../../cli/text/duration.js';
import { ValetCommand } from '../../cli/valet-command.js';
import { projectRecord } from '../../cli/views/project.js';
import { ValetError } from '../../sdk/errors.js';
import type { Project } from '../../sdk/resources.js';

const maxHoldDays = 30;

export default class ProjectsHold extends ValetCommand {
  static override description =
    `Keep a project from being archived for a while, at most ${maxHoldDays} days; the hold ends by itself.`;
  static override examples = [
    '<%= config.bin %> projects hold demo --for 2h',
    '<%= config.bin %> projects hold demo --release',
  ];

  static override args = { id: Args.string({ description: 'The project.', required: true }) };
  static override flags = {
    for: Flags.string({ description: 'From now on.', helpValue: '2h|3d', exactlyOne: ['for', 'release'] }),
    release: Flags.boolean({ description: 'End the hold now.', exactlyOne: ['for', 'release'] }),
  };

  override async run(): Promise<Project> {
    const { args, flags } = await this.parse(ProjectsHold);
    const for_secs = flags.for === undefined ? 0 : parseDuration(flags.for);
    if (for_secs > maxHoldDays * 86_400) {
      throw new ValetError('request_invalid', `A project is held for at most ${maxHoldDays} days.`, {
        hint: 'Hold it again before that ends.',
      });
    }
    const project = await this.ask(flags, (valet, signal) => valet.projects.hold(args.id, { for_secs }, { signal }));
    this.print(projectRecord(project));
    return project;
  }
}
