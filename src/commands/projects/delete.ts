import { Args } from '@oclif/core';
import { DestructiveCommand } from '../../cli/destructive-command.js';
import { projectRecord } from '../../cli/views/project.js';
import type { Project } from '../../sdk/resources.js';

export default class ProjectsDelete extends DestructiveCommand {
  static override description =
    'Delete a project for ever; its machine is given up without an archive, and its id is not given out again.';
  static override examples = [
    '<%= config.bin %> projects delete demo',
    '<%= config.bin %> projects delete demo --dry-run',
    '<%= config.bin %> projects delete demo --yes',
  ];

  static override args = { id: Args.string({ description: 'The project.', required: true }) };

  override async run(): Promise<Project> {
    const { args, flags } = await this.parse(ProjectsDelete);
    return this.askApproved(flags, {
      plan: async (valet, signal) => {
        const project = await valet.projects.get(args.id, { signal });
        return { text: planText(project), question: `Delete project ${args.id} for ever?`, shown: project };
      },
      act: async (valet, signal) => {
        const project = await valet.projects.delete(args.id, { signal });
        this.print(projectRecord(project));
        return project;
      },
    });
  }
}

function planText(project: Project): string {
  const losses = [
    'This deletes it for ever; its id is not given out again.',
    ...(project.machine_id === null
      ? []
      : ['What its machine holds and no archive has is lost: no command brings it back.']),
    'Its archives go after DELETED_ARCHIVE_DAYS.',
  ];
  return `${projectRecord(project)}\n\n${losses.join('\n')}`;
}
