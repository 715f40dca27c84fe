import { Args } from '@oclif/core';
import { ValetCommand } from '../../cli/valet-command.js';
import { projectRecord } from '../../cli/views/project.js';
import type { Project } from '../../sdk/resources.js';

export default class ProjectsArchive extends ValetCommand {
  static override description =
    'Archive a project now, and wait until its archive is proven and its machine given up; its next request wakes it.';
  static override examples = ['<%= config.bin %> projects archive demo'];

  static override args = { id: Args.string({ description: 'The project.', required: true }) };

  override async run(): Promise<Project> {
    const { args, flags } = await this.parse(ProjectsArchive);
    this.tell(`Archiving ${args.id} …`);
    const project = await this.ask(flags, (valet, signal) => valet.projects.archive(args.id, { signal }));
    this.print(projectRecord(project));
    return project;
  }
}
