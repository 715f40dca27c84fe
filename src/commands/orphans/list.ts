import { Flags } from '@oclif/core';
import { table } from '../../cli/text/table.js';
import { ValetCommand } from '../../cli/valet-command.js';
import { orphanColumns, stopsWork } from '../../cli/views/orphans.js';
import type { OrphanList } from '../../sdk/resources.js';

export default class OrphansList extends ValetCommand {
  static override description =
    'List the machines and volumes at Fly that carry our stamp and are not accounted for, the oldest first.';
  static override examples = [
    '<%= config.bin %> orphans list',
    "<%= config.bin %> orphans list --json | jq '.orphans[] | select(.verdict == null)'",
  ];

  static override flags = { quiet: Flags.boolean({ char: 'q', description: 'Print only ids, one per line.' }) };

  override async run(): Promise<OrphanList> {
    const { flags } = await this.parse(OrphansList);
    const list = await this.ask(flags, (valet, signal) => valet.orphans.list({ signal }));
    this.printRows(list.orphans, flags.quiet, {
      none: 'No orphans.',
      id: (orphan) => orphan.id,
      table: () => table(list.orphans, orphanColumns, this.surroundings.stdout),
    });
    const stopping = list.orphans.filter(stopsWork).length;
    if (stopping > 0)
      this.tell(`Nothing is destroyed because of ${stopping} until "valet orphans remove" or "valet orphans keep".`);
    return list;
  }
}
