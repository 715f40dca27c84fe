import { Args } from '@oclif/core';
import { exitCodes } from '../../cli/failure/exit-codes.js';
import { ValetCommand } from '../../cli/valet-command.js';
import { outcomeTable } from '../../cli/views/outcomes.js';
import type { OrphanResult } from '../../sdk/resources.js';

export default class OrphansKeep extends ValetCommand {
  static override strict = false;
  static override description =
    'Leave orphans alone from now on, so that they stop nothing any more; exits with 6 if some could not be.';
  static override examples = ['<%= config.bin %> orphans keep 3d8d7949b0d089 vol_4qdoz2k7'];

  static override args = { id: Args.string({ name: 'ID...', description: "Fly's ids.", required: true }) };

  override async run(): Promise<OrphanResult> {
    const { argv, flags } = await this.parse(OrphansKeep);
    const ids = argv.map(String);
    const result = await this.ask(flags, (valet, signal) => valet.orphans.keep({ ids }, { signal }));
    if (result.failed.length > 0) this.surroundings.exitWith(exitCodes.partly);
    this.print(outcomeTable({ kept: result.done, failed: result.failed }, this.surroundings.stdout));
    return result;
  }
}
