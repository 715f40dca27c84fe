import { ValetCommand } from '../../cli/valet-command.js';
import { poolSummary } from '../../cli/views/pool.js';
import type { PoolStatus } from '../../sdk/resources.js';

export default class PoolPause extends ValetCommand {
  static override description =
    'Make no new members of the warm pool until it is resumed; those that are there are claimed as before.';
  static override examples = ['<%= config.bin %> pool pause'];

  override async run(): Promise<PoolStatus> {
    const { flags } = await this.parse(PoolPause);
    const status = await this.ask(flags, (valet, signal) => valet.pool.pause({ signal }));
    this.print(poolSummary(status, this.surroundings.stdout));
    return status;
  }
}
