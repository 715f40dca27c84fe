import { Args } from '@oclif/core';
import { ValetCommand } from '../../cli/valet-command.js';
import { projectRecord } from '../../cli/views/project.js';
import type { Project } from '../../sdk/resources.js';

export default class ProjectsWake extends ValetCommand {
  static override description = 'Wake a project and wait until it is active; at once if it is.';
  static override examples = ['<%= config.bin %> projects wake demo'];

  static override args = { id: Args.string({ description: 'The project.', required: true }) };

  override async run(): Promise<Project> {
    const { args, flags } = await this.parse(ProjectsWake);
    this.tell(`Waking ${args.id} …`);
    const project = await this.ask(flags, (valet, signal) => valet.projects.wake(args.id, { signal }));
    this.print(projectRecord(project));
    return project;
  }
}
