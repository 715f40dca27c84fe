import { Args, Flags } from '@oclif/core';
import { compact } from '../../cli/compact.js';
import { pageFlags } from '../../cli/flags/page.js';
import { ValetCommand } from '../../cli/valet-command.js';
import { eventLines } from '../../cli/views/events.js';
import type { EventPage } from '../../sdk/resources.js';

export default class ProjectsEvents extends ValetCommand {
  static override description = 'Show what happened to a project, by whom and why, the newest first.';
  static override examples = [
    '<%= config.bin %> projects events demo',
    '<%= config.bin %> projects events demo --limit 500 | grep archive',
  ];

  static override args = { id: Args.string({ description: 'The project.', required: true }) };
  static override flags = {
    limit: Flags.integer({ description: 'At most so many.', default: 20, min: 1, max: 500 }),
    cursor: pageFlags.cursor,
  };

  override async run(): Promise<EventPage> {
    const { args, flags } = await this.parse(ProjectsEvents);
    const filter = compact({ limit: flags.limit, cursor: flags.cursor });
    const page = await this.ask(flags, (valet, signal) => valet.projects.events(args.id, filter, { signal }));
    if (page.events.length > 0) this.print(eventLines(page.events, this.surroundings.stdout));
    else this.tell('No events.');
    this.tellOfMore(page.next_cursor);
    return page;
  }
}
