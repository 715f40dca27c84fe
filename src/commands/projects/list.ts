import { Flags } from '@oclif/core';
import { compact } from '../../cli/compact.js';
import { pageFlags } from '../../cli/flags/page.js';
import { table } from '../../cli/text/table.js';
import { ValetCommand } from '../../cli/valet-command.js';
import { projectColumns } from '../../cli/views/project.js';
import { shownProjectStates } from '../../sdk/lifecycle/states.js';
import type { ProjectPage } from '../../sdk/resources.js';

export default class ProjectsList extends ValetCommand {
  static override description = 'List projects, a page at a time.';
  static override examples = [
    '<%= config.bin %> projects list',
    '<%= config.bin %> projects list --state dormant --limit 200',
    '<%= config.bin %> projects list --state dormant --quiet | xargs -r -n1 valet projects wake',
  ];

  static override flags = {
    state: Flags.option({ description: 'Only projects in this state.', options: shownProjectStates })(),
    region: Flags.string({ description: 'Only projects in this Fly region.', helpValue: 'fra' }),
    prefix: Flags.string({ description: 'Only projects whose id begins like this.', helpValue: 'shop-' }),
    ...pageFlags,
  };

  override async run(): Promise<ProjectPage> {
    const { flags } = await this.parse(ProjectsList);
    const { state, region, prefix, limit, cursor } = flags;
    const filter = compact({ state, region, prefix, limit, cursor });
    const page = await this.ask(flags, (valet, signal) => valet.projects.list(filter, { signal }));
    this.printRows(page.projects, flags.quiet, {
      none: 'No projects.',
      id: (project) => project.id,
      table: () => table(page.projects, projectColumns, this.surroundings.stdout),
    });
    this.tellOfMore(page.next_cursor);
    return page;
  }
}
