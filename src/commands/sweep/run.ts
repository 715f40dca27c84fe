import { exitCodes } from '../../cli/exit-codes.js';
import { outcomeTable } from '../../cli/outcome.js';
import { sweepFlags, sweepOptions } from '../../cli/sweep-flags.js';
import { ValetCommand } from '../../cli/valet-command.js';
import type { SweepResult } from '../../sdk/resources.js';

export default class SweepRun extends ValetCommand {
  static override description =
    'Archive the projects that nobody has used for a while; exits with 6 if any of them failed.';
  static override examples = [
    '<%= config.bin %> sweep run',
    '<%= config.bin %> sweep run --older-than 30d --limit 20 --url https://valet.example.com',
  ];

  static override flags = sweepFlags;

  override async run(): Promise<SweepResult> {
    const { flags } = await this.parse(SweepRun);
    const options = sweepOptions(flags);
    this.tell('Sweeping …');
    const result = await this.ask(flags, (valet, signal) => valet.sweep.run(options, { signal }));
    if (result.failed.length > 0) this.surroundings.exitWith(exitCodes.partly);
    const { archived, kept, failed } = result;
    const outcome = outcomeTable({ archived, kept, failed }, this.surroundings.stdout);
    this.printOutcome(result.skipped, outcome, 'Nothing to archive.');
    if (result.left_over > 0) this.tell(`${result.left_over} more are idle: run it again, or with a larger --limit.`);
    return result;
  }
}
