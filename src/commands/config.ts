import { BaseCommand } from '../cli/base-command.js';
import { exitCodes } from '../cli/failure/exit-codes.js';
import { table } from '../cli/text/table.js';
import type { ConfigDescription, ConfigRow } from '../sdk/config.js';

export default class ConfigCommand extends BaseCommand {
  static override description = 'Show every setting with its value and where it comes from, and all that is wrong.';
  static override examples = ['<%= config.bin %> config', "<%= config.bin %> config --json | jq '.faults'"];

  override async run(): Promise<ConfigDescription> {
    await this.parse(ConfigCommand);
    const { describeConfig } = await import('../sdk/config.js');
    const description = describeConfig(this.surroundings.env);
    const columns = [
      { head: 'VARIABLE', cell: (row: ConfigRow) => row.variable },
      {
        head: 'SOURCE',
        cell: (row: ConfigRow) => (row.source === 'missing' && row.fault === null ? 'not set' : row.source),
      },
      { head: 'VALUE', cell: (row: ConfigRow) => row.value ?? '-' },
    ];
    this.print(table(description.rows, columns, this.surroundings.stdout));
    for (const fault of description.faults) this.tell(fault.problem);
    if (description.faults.length > 0) this.surroundings.exitWith(exitCodes.config);
    return description;
  }
}
