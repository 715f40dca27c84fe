import { exitCodes } from '../../cli/failure/exit-codes.js';
import { jsonLinesFlag } from '../../cli/flags/json-lines.js';
import { ValetCommand } from '../../cli/valet-command.js';
import { outcomeTable } from '../../cli/views/outcomes.js';
import type { ReplenishResult } from '../../sdk/resources.js';

export default class PoolReplenish extends ValetCommand {
  static override description = 'Fill the warm pool up to its target, and wait until the new machines are ready.';
  static override examples = ['<%= config.bin %> pool replenish', '<%= config.bin %> pool replenish --json-lines'];

  static override flags = jsonLinesFlag;

  override async run(): Promise<ReplenishResult> {
    const { flags } = await this.parse(PoolReplenish);
    const result = await this.ask(flags, (valet, signal) => {
      const steps = valet.pool.replenishSteps({ signal });
      return this.follow({ title: 'Replenishing the warm pool', steps, leftBehind }, signal);
    });
    if (result.failed.length > 0) this.surroundings.exitWith(exitCodes.partly);
    const rows = { ready: result.ready, failed: result.failed };
    this.printOutcome(result.skipped, outcomeTable(rows, this.surroundings.stdout), 'The pool is full.');
    return result;
  }
}

const leftBehind = 'Machines that are being made become ready without you, or are given back: see "valet pool status".';
