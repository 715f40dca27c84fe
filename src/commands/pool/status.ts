import { table } from '../../cli/text/table.js';
import { ValetCommand } from '../../cli/valet-command.js';
import { machineColumns } from '../../cli/views/machines.js';
import { poolSummary } from '../../cli/views/pool.js';
import type { PoolStatus } from '../../sdk/resources.js';

export default class PoolStatusCommand extends ValetCommand {
  static override description =
    'Show how many machines are ready and where, how well the pool serves, what keeps failing, and its members.';
  static override examples = [
    '<%= config.bin %> pool status',
    "<%= config.bin %> pool status --json | jq '.shortfall'",
  ];

  override async run(): Promise<PoolStatus> {
    const { flags } = await this.parse(PoolStatusCommand);
    const { stdout } = this.surroundings;
    const status = await this.ask(flags, (valet, signal) => valet.pool.status({ signal }));
    this.print(poolSummary(status, stdout));
    if (status.members.length > 0) this.print(`\n${table(status.members, machineColumns, stdout)}`);
    return status;
  }
}
