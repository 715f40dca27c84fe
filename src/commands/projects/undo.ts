import { Args } from '@oclif/core';
import { ValetCommand } from '../../cli/valet-command.js';
import { projectRecord } from '../../cli/views/project.js';
import type { Project } from '../../sdk/resources.js';

export default class ProjectsUndo extends ValetCommand {
  static override description =
    'Take an archive back while the volume is still kept, and wait until the project is active on it again.';
  static override examples = ['<%= config.bin %> projects undo demo'];

  static override args = { id: Args.string({ description: 'The project.', required: true }) };

  override async run(): Promise<Project> {
    const { args, flags } = await this.parse(ProjectsUndo);
    this.tell(`Taking the archive of ${args.id} back …`);
    const project = await this.ask(flags, (valet, signal) => valet.projects.undo(args.id, { signal }));
    this.print(projectRecord(project));
    return project;
  }
}
