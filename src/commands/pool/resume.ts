import { ValetCommand } from '../../cli/valet-command.js';
import { poolSummary } from '../../cli/views/pool.js';
import type { PoolStatus } from '../../sdk/resources.js';

export default class PoolResume extends ValetCommand {
  static override description = 'Let the warm pool fill again, after it was paused or drained.';
  static override examples = ['<%= config.bin %> pool resume'];

  override async run(): Promise<PoolStatus> {
    const { flags } = await this.parse(PoolResume);
    const status = await this.ask(flags, (valet, signal) => valet.pool.resume({ signal }));
    this.print(poolSummary(status, this.surroundings.stdout));
    return status;
  }
}
