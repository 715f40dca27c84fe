import { Args } from '@oclif/core';
import { compact } from '../../cli/compact.js';
import { pageFlags } from '../../cli/flags/page.js';
import { ValetCommand } from '../../cli/valet-command.js';
import { archiveTable } from '../../cli/views/archive.js';
import type { ArchivePage } from '../../sdk/resources.js';

export default class ArchivesList extends ValetCommand {
  static override description = 'List the proven archives of a project, the newest first.';
  static override examples = [
    '<%= config.bin %> archives list demo',
    '<%= config.bin %> archives list demo --quiet | xargs -r -n1 valet archives verify',
  ];

  static override args = { id: Args.string({ description: 'The project.', required: true }) };
  static override flags = pageFlags;

  override async run(): Promise<ArchivePage> {
    const { args, flags } = await this.parse(ArchivesList);
    const filter = compact({ limit: flags.limit, cursor: flags.cursor });
    const page = await this.ask(flags, (valet, signal) => valet.archives.list(args.id, filter, { signal }));
    this.printRows(page.archives, flags.quiet, {
      none: 'No archives.',
      id: (archive) => archive.id,
      table: () => archiveTable(page, this.surroundings.stdout),
    });
    this.tellOfMore(page.next_cursor);
    return page;
  }
}
