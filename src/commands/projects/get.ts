import { Args } from '@oclif/core';
import { ValetCommand } from '../../cli/valet-command.js';
import { projectRecord } from '../../cli/views/project.js';
import type { Project } from '../../sdk/resources.js';

export default class ProjectsGet extends ValetCommand {
  static override description = 'Show a project: its state, its machine and its current archive.';
  static override examples = ['<%= config.bin %> projects get demo', '<%= config.bin %> projects get demo --json'];

  static override args = { id: Args.string({ description: 'The project.', required: true }) };

  override async run(): Promise<Project> {
    const { args, flags } = await this.parse(ProjectsGet);
    const project = await this.ask(flags, (valet, signal) => valet.projects.get(args.id, { signal }));
    this.print(projectRecord(project));
    return project;
  }
}
