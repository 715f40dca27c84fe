import { BaseCommand } from '../../cli/base-command.js';
import { table } from '../../cli/text/table.js';

interface Status {
  readonly applied: readonly string[];
  readonly pending: readonly string[];
}

export default class DbStatus extends BaseCommand {
  static override description = 'Show which migrations the database has and which it lacks; changes nothing.';
  static override examples = ['<%= config.bin %> db status', "<%= config.bin %> db status --json | jq '.pending'"];

  override async run(): Promise<Status> {
    await this.parse(DbStatus);
    const { readDirectUrl } = await import('../../sdk/config.js');
    const url = readDirectUrl(this.surroundings.env);
    const { migrationStatus } = await import('../../sdk/database/migrate.js');
    const status = await migrationStatus(url.reveal());
    const rows = [
      ...status.applied.map((name) => ({ name, state: 'applied' })),
      ...status.pending.map((name) => ({ name, state: 'pending' })),
    ];
    const columns = [
      { head: 'MIGRATION', cell: (row: Row) => row.name },
      { head: 'STATE', cell: (row: Row) => row.state },
    ];
    this.print(table(rows, columns, this.surroundings.stdout));
    if (status.pending.length > 0) this.tell('Run "valet db migrate".');
    return status;
  }
}

type Row = { readonly name: string; readonly state: string };
