import { sweepFlags, sweepOptions } from '../../cli/flags/sweep.js';
import { formatDuration } from '../../cli/text/duration.js';
import { table } from '../../cli/text/table.js';
import { ValetCommand } from '../../cli/valet-command.js';
import type { SweepPlan } from '../../sdk/resources.js';

export default class SweepPlanCommand extends ValetCommand {
  static override description =
    'Show which projects a sweep would archive now and which it would leave; changes nothing.';
  static override examples = ['<%= config.bin %> sweep plan', '<%= config.bin %> sweep plan --older-than 12h'];

  static override flags = sweepFlags;

  override async run(): Promise<SweepPlan> {
    const { flags } = await this.parse(SweepPlanCommand);
    const options = sweepOptions(flags);
    const plan = await this.ask(flags, (valet, signal) => valet.sweep.plan(options, { signal }));
    const rows = [...plan.archive.map((candidate) => ({ ...candidate, reason: '' })), ...plan.skip];
    const columns = [
      { head: 'ID', cell: (row: Row) => row.id },
      { head: 'IDLE', cell: (row: Row) => formatDuration(row.idle_secs) },
      { head: 'WOULD BE', cell: (row: Row) => (row.reason === '' ? 'archived' : 'left') },
      { head: 'WHY', cell: (row: Row) => row.reason },
    ];
    if (rows.length > 0) this.print(table(rows, columns, this.surroundings.stdout));
    this.tell(`${plan.archive.length} would be archived, ${plan.skip.length} left.`);
    return plan;
  }
}

type Row = SweepPlan['skip'][number];
