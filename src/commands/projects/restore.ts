import { Args, Flags } from '@oclif/core';
import { compact } from '../../cli/compact.js';
import { DestructiveCommand } from '../../cli/destructive-command.js';
import { projectRecord } from '../../cli/views/project.js';
import type { Project } from '../../sdk/resources.js';
import type { Valet } from '../../sdk/valet.js';

export default class ProjectsRestore extends DestructiveCommand {
  static override description =
    'Wake a dormant or lost project from its current archive, or from an earlier one, and wait until it is active.';
  static override examples = [
    '<%= config.bin %> projects restore demo',
    '<%= config.bin %> projects restore demo --archive 9f2c61d0aa41be57',
    '<%= config.bin %> projects restore demo --archive 9f2c61d0aa41be57 --yes',
  ];

  static override args = { id: Args.string({ description: 'The project.', required: true }) };
  static override flags = {
    archive: Flags.string({ description: 'One of "valet archives list ID" (default: the current one).' }),
  };

  override async run(): Promise<Project> {
    const { args, flags } = await this.parse(ProjectsRestore);
    const act = async (valet: Valet, signal: AbortSignal) => {
      this.tell(`Restoring ${args.id} …`);
      const project = await valet.projects.restore(args.id, compact({ archive_id: flags.archive }), { signal });
      this.print(projectRecord(project));
      return project;
    };
    // Its current archive is what a wake would restore as well: nothing is put aside.
    if (flags.archive === undefined && !flags['dry-run']) return this.ask(flags, act);
    const plan = async (valet: Valet, signal: AbortSignal) => {
      const project = await valet.projects.get(args.id, { signal });
      return { text: planText(project, flags.archive), question: `Restore project ${args.id}?`, shown: project };
    };
    return this.askApproved(flags, { plan, act });
  }
}

function planText(project: Project, archiveId: string | undefined): string {
  const current = project.archive?.id;
  const from = archiveId ?? current;
  const set = `This wakes it from ${from === undefined ? 'its newest archive' : `archive ${from}`}.`;
  const aside = ` What is in its current archive ${current} alone is then no longer served.`;
  const putsAside = current !== undefined && from !== current;
  return `${projectRecord(project)}\n\n${set}${putsAside ? aside : ''}`;
}
