import { Flags } from '@oclif/core';
import { jsonLinesFlag } from '../../cli/flags/json-lines.js';
import { sweepFlags, sweepOptions } from '../../cli/flags/sweep.js';
import { sweepExit } from '../../cli/sweep-outcome.js';
import { ValetCommand } from '../../cli/valet-command.js';
import { outcomeTable } from '../../cli/views/outcomes.js';
import type { SweepResult } from '../../sdk/resources.js';

export default class SweepRun extends ValetCommand {
  static override description =
    'Archive the projects that nobody has used for a while; exits with 6 if any of them failed.';
  static override examples = [
    '<%= config.bin %> sweep run',
    '<%= config.bin %> sweep run --older-than 30d --limit 20 --url https://valet.example.com',
    '<%= config.bin %> sweep run --json-lines | jq -c \'select(.outcome == "failed")\'',
  ];

  static override flags = {
    ...sweepFlags,
    ...jsonLinesFlag,
    concurrency: Flags.integer({ description: 'Archive so many at a time (default: 4).', min: 1, max: 16 }),
    'detailed-exit-code': Flags.boolean({ description: 'Exit with 10 if there was nothing to do, not with 0.' }),
  };

  override async run(): Promise<SweepResult> {
    const { flags } = await this.parse(SweepRun);
    const options = sweepOptions(flags);
    const result = await this.ask(flags, (valet, signal) =>
      this.follow({ title: 'Sweeping', steps: valet.sweep.steps(options, { signal }), leftBehind }, signal),
    );
    this.surroundings.exitWith(sweepExit(result, flags['detailed-exit-code']));
    const { archived, kept, failed } = result;
    const outcome = outcomeTable({ archived, kept, failed }, this.surroundings.stdout);
    this.printOutcome(result.skipped, outcome, 'Nothing to archive.');
    if (result.left_over > 0) this.tell(`More are idle (${result.left_over}): run it again, or with a larger --limit.`);
    return result;
  }
}

const leftBehind =
  'Nothing more is begun. What was under way is finished or put back by Valet; run it again for the rest.';
