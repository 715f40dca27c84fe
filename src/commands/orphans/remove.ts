import { Args } from '@oclif/core';
import { DestructiveCommand } from '../../cli/destructive-command.js';
import { exitCodes } from '../../cli/failure/exit-codes.js';
import { jsonLinesFlag } from '../../cli/flags/json-lines.js';
import { table } from '../../cli/text/table.js';
import { orphanColumns } from '../../cli/views/orphans.js';
import { outcomeTable } from '../../cli/views/outcomes.js';
import type { OrphanList, OrphanResult } from '../../sdk/resources.js';

export default class OrphansRemove extends DestructiveCommand {
  static override strict = false;
  static override description = 'Give orphans back to Fly, data and all; exits with 6 if some could not be.';
  static override examples = [
    '<%= config.bin %> orphans remove 3d8d7949b0d089',
    '<%= config.bin %> orphans remove 3d8d7949b0d089 vol_4qdoz2k7 --dry-run',
  ];

  static override args = { id: Args.string({ name: 'ID...', description: "Fly's ids.", required: true }) };

  static override flags = jsonLinesFlag;

  override async run(): Promise<OrphanList | OrphanResult> {
    const { argv, flags } = await this.parse(OrphansRemove);
    const ids = argv.map(String);
    return this.askApproved(flags, {
      plan: async (valet, signal) => {
        const orphans = (await valet.orphans.list({ signal })).orphans.filter(({ id }) => ids.includes(id));
        const unknown = ids.filter((id) => !orphans.some((orphan) => orphan.id === id));
        const lines = [
          ...(orphans.length > 0 ? [table(orphans, orphanColumns, this.surroundings.stdout), ''] : []),
          ...unknown.map((id) => `${id} is no orphan: nothing happens to it.`),
          'This gives them back to Fly; what they hold is lost.',
        ];
        return { text: lines.join('\n'), question: `Remove ${ids.join(', ')}?`, shown: { orphans } };
      },
      act: async (valet, signal) => {
        const steps = valet.orphans.removeSteps({ ids }, { signal });
        const result = await this.follow({ title: 'Removing orphans', steps, leftBehind }, signal);
        if (result.failed.length > 0) this.surroundings.exitWith(exitCodes.partly);
        this.print(outcomeTable({ removed: result.done, failed: result.failed }, this.surroundings.stdout));
        return result;
      },
    });
  }
}

const leftBehind = 'Those that are not named above are as they were, but for the one that was under way.';
