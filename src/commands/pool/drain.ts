import { Flags } from '@oclif/core';
import { DestructiveCommand } from '../../cli/destructive-command.js';
import { jsonLinesFlag } from '../../cli/flags/json-lines.js';
import { table } from '../../cli/text/table.js';
import { machineColumns } from '../../cli/views/machines.js';
import { outcomeTable } from '../../cli/views/outcomes.js';
import type { DrainResult, PoolStatus } from '../../sdk/resources.js';

export default class PoolDrain extends DestructiveCommand {
  static override description =
    'Give the members of the warm pool back to Fly, and make no new ones until it is resumed.';
  static override examples = [
    '<%= config.bin %> pool drain',
    '<%= config.bin %> pool drain --limit 10 --yes',
    '<%= config.bin %> pool drain --dry-run',
  ];

  static override flags = {
    ...jsonLinesFlag,
    limit: Flags.integer({ description: 'More members than this: do nothing.', default: 50, min: 1, max: 1000 }),
  };

  override async run(): Promise<DrainResult | PoolStatus> {
    const { flags } = await this.parse(PoolDrain);
    const { stdout } = this.surroundings;
    return this.askApproved(flags, {
      plan: async (valet, signal) => {
        const status = await valet.pool.status({ signal });
        const { members } = status;
        const what = `This gives ${members.length} back to Fly, and projects to come wait for a machine to be made.`;
        const text = [...(members.length > 0 ? [table(members, machineColumns, stdout), ''] : []), what].join('\n');
        return { text, question: 'Drain the warm pool?', shown: status };
      },
      act: async (valet, signal) => {
        const steps = valet.pool.drainSteps({ limit: flags.limit }, { signal });
        const result = await this.follow({ title: 'Draining the warm pool', steps, leftBehind }, signal);
        const outcome = outcomeTable({ retiring: result.retiring }, stdout);
        this.printOutcome(result.skipped, outcome, 'The pool was empty; it stays so until "valet pool resume".');
        return result;
      },
    });
  }
}

const leftBehind =
  'Whether it was drained is not known here: see "valet pool status". "valet pool resume" fills it again.';
