import { Args, Flags } from '@oclif/core';
import { ValetCommand } from '../../cli/valet-command.js';
import { projectRecord } from '../../cli/views/project.js';
import type { CreatedProject } from '../../sdk/resources.js';

export default class ProjectsCreate extends ValetCommand {
  static override description = 'Create a project and wait until its machine runs; its deploy key is shown this once.';
  static override examples = [
    '<%= config.bin %> projects create',
    '<%= config.bin %> projects create demo --region fra',
    '<%= config.bin %> projects create shop --idempotency-key order-4711 --json > shop.json',
  ];

  static override args = { id: Args.string({ description: 'A DNS label; made up when left out.' }) };
  static override flags = {
    region: Flags.string({ description: 'Fly region (default: VALET_FLY_REGION).', helpValue: 'fra' }),
    'idempotency-key': Flags.string({ description: 'Run again with the same key, it answers the same for 24 hours.' }),
  };

  override async run(): Promise<CreatedProject> {
    const { args, flags } = await this.parse(ProjectsCreate);
    const { region, 'idempotency-key': idempotencyKey } = flags;
    const input = { ...(args.id !== undefined && { id: args.id }), ...(region !== undefined && { region }) };
    const created = await this.ask(flags, (valet, signal) =>
      valet.projects.create(input, { signal, ...(idempotencyKey !== undefined && { idempotencyKey }) }),
    );
    this.print(`${projectRecord(created)}\ndeploy key:  ${created.deploy_key}`);
    this.tell('Keep the deploy key: it is not shown again.');
    return created;
  }
}
