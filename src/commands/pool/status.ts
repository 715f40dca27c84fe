import { machineColumns } from '../../cli/machine-view.js';
import { table } from '../../cli/table.js';
import { ValetCommand } from '../../cli/valet-command.js';
import type { PoolStatus } from '../../sdk/resources.js';

export default class PoolStatusCommand extends ValetCommand {
  static override description = 'Show how many machines are ready, and which.';
  static override examples = [
    '<%= config.bin %> pool status',
    "<%= config.bin %> pool status --json | jq '.shortfall'",
  ];

  override async run(): Promise<PoolStatus> {
    const { flags } = await this.parse(PoolStatusCommand);
    const status = await this.ask(flags, (valet, signal) => valet.pool.status({ signal }));
    const { ready, target, provisioning, shortfall, members } = status;
    this.print(`${ready} of ${target} ready, ${provisioning} provisioning, ${shortfall} short`);
    if (members.length > 0) this.print(`\n${table(members, machineColumns, this.surroundings.stdout)}`);
    return status;
  }
}
