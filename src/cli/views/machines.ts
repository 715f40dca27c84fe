import type { Machine } from '../../sdk/resources.js';
import { relativeTime } from '../text/duration.js';
import type { Column } from '../text/table.js';

export const machineColumns: readonly Column<Machine>[] = [
  { head: 'NAME', cell: (machine) => machine.name },
  { head: 'STATE', cell: (machine) => machine.state },
  { head: 'PROJECT', cell: (machine) => machine.project_id ?? '-' },
  { head: 'REGION', cell: (machine) => machine.region },
  { head: 'FLY ID', cell: (machine) => machine.fly_id ?? '-' },
  { head: 'FLY STATE', cell: (machine) => machine.fly_state ?? '-' },
  { head: 'AGE', cell: (machine) => relativeTime(machine.created_at).replace(/ ago$/, '') },
];
