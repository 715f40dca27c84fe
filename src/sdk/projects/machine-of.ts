import type { MachineRow, MachineTable, WholeMachine } from '../database/machines.js';
import type { ProjectRow } from '../database/projects.js';
import { ValetError } from '../errors.js';

/** The machine that serves a project. @throws ValetError `no_machine` */
export async function machineOf(project: ProjectRow, machines: Pick<MachineTable, 'find'>): Promise<WholeMachine> {
  const row = project.machine_id === null ? undefined : await machines.find(project.machine_id);
  if (isWhole(row)) return row;
  throw new ValetError('no_machine', `Project ${project.id} has no machine.`);
}

function isWhole(row: MachineRow | undefined): row is WholeMachine {
  return row?.fly_id != null;
}
