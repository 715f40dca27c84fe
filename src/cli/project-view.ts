import { styleText } from 'node:util';
import type { Project, ShownProjectState } from '../sdk/resources.js';
import { relativeTime } from './duration.js';
import { record } from './record.js';
import type { Column } from './table.js';

type Colour = 'green' | 'yellow' | 'red' | 'dim';

const colours: Readonly<Record<ShownProjectState, Colour>> = {
  creating: 'yellow',
  active: 'green',
  suspended: 'green',
  archiving: 'yellow',
  dormant: 'dim',
  waking: 'yellow',
  lost: 'red',
  deleted: 'dim',
};

export const projectColumns: readonly Column<Project>[] = [
  { head: 'ID', cell: (project) => project.id },
  { head: 'STATE', cell: (project) => project.state, colour: colourOfState },
  { head: 'REGION', cell: (project) => project.region },
  { head: 'MACHINE', cell: (project) => project.machine_id ?? '-' },
  { head: 'LAST ACTIVE', cell: (project) => relativeTime(project.last_active_at) },
  { head: 'HELD', cell: ({ hold_until }) => (hold_until === null ? '-' : relativeTime(hold_until)) },
];

export function projectRecord(project: Project): string {
  const { archive } = project;
  return record({
    id: project.id,
    state: project.state,
    url: project.url,
    region: project.region,
    machine: project.machine_id,
    'last active': `${relativeTime(project.last_active_at)} (${project.last_active_at})`,
    'held until': project.hold_until,
    created: project.created_at,
    epoch: project.epoch,
    archive:
      archive && `${archive.r2_key} (${archive.size_bytes ?? '?'} bytes, made ${relativeTime(archive.created_at)})`,
  });
}

function colourOfState(text: string): string {
  const colour = Object.entries(colours).find(([state]) => state === text)?.[1];
  return colour === undefined ? text : styleText(colour, text, { validateStream: false });
}
