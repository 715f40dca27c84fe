import { Flags } from '@oclif/core';
import { compact } from '../../cli/compact.js';
import { pageFlags } from '../../cli/flags/page.js';
import { table } from '../../cli/text/table.js';
import { ValetCommand } from '../../cli/valet-command.js';
import { machineColumns } from '../../cli/views/machines.js';
import { machineStates } from '../../sdk/lifecycle/states.js';
import type { MachinePage } from '../../sdk/resources.js';

export default class MachinesList extends ValetCommand {
  static override description = 'List the machines that Valet has or had, a page at a time.';
  static override examples = [
    '<%= config.bin %> machines list --state ready',
    '<%= config.bin %> machines list --state retiring --json',
  ];

  static override flags = {
    state: Flags.option({ description: 'Only machines in this state.', options: machineStates })(),
    ...pageFlags,
  };

  override async run(): Promise<MachinePage> {
    const { flags } = await this.parse(MachinesList);
    const filter = compact({ state: flags.state, limit: flags.limit, cursor: flags.cursor });
    const page = await this.ask(flags, (valet, signal) => valet.machines.list(filter, { signal }));
    this.printRows(page.machines, flags.quiet, {
      none: 'No machines.',
      id: (machine) => machine.id,
      table: () => table(page.machines, machineColumns, this.surroundings.stdout),
    });
    this.tellOfMore(page.next_cursor);
    return page;
  }
}
