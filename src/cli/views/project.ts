import { styleText } from 'node:util';
import type { Archive, Project } from '../../sdk/resources.js';
import { formatBytes } from '../text/bytes.js';
import { relativeTime } from '../text/duration.js';
import { record } from '../text/record.js';
import type { Column } from '../text/table.js';
import { stateColours } from './state-colours.js';

export const projectColumns: readonly Column<Project>[] = [
  { head: 'ID', cell: (project) => project.id },
  { head: 'STATE', cell: (project) => project.state, colour: colourOfState },
  { head: 'REGION', cell: (project) => project.region },
  { head: 'MACHINE', cell: (project) => project.machine_id ?? '-' },
  { head: 'LAST ACTIVE', cell: (project) => relativeTime(project.last_active_at) },
  { head: 'HELD', cell: ({ hold_until }) => (isHeld(hold_until) ? relativeTime(hold_until) : '-') },
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
    'held until': isHeld(project.hold_until) ? `${relativeTime(project.hold_until)} (${project.hold_until})` : null,
    created: `${relativeTime(project.created_at)} (${project.created_at})`,
    epoch: project.epoch,
    archive: archive && archiveText(archive),
  });
}

/** By the id that `archives get` and `archives verify` take. */
function archiveText({ id, size_bytes, created_at }: Archive): string {
  const size = size_bytes === null ? '' : `${formatBytes(size_bytes)}, `;
  return `${id} (${size}made ${relativeTime(created_at)})`;
}

/** A hold ends by itself, and the moment of its end stays. */
function isHeld(until: string | null): until is string {
  return until !== null && Date.parse(until) > Date.now();
}

function colourOfState(text: string): string {
  const colour = Object.entries(stateColours).find(([state]) => state === text)?.[1];
  return colour === undefined ? text : styleText(colour, text, { validateStream: false });
}
