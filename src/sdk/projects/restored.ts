import type { MachineStatus } from '../machines/answers.js';

/**
 * What is wrong with a machine that has just restored an archive; nothing, if the list is empty. A basic server cannot
 * be asked.
 */
export function restoredFindings(
  status: MachineStatus,
  project: { readonly id: string; readonly epoch: number },
  expectedTables: Readonly<Record<string, number>>,
): string[] {
  if (status.kind === 'basic') return [];
  const findings: string[] = [];
  if (status.project_id !== project.id) findings.push(`the machine says that it is project ${status.project_id}`);
  if (status.epoch !== project.epoch) findings.push(`the machine is in epoch ${status.epoch}, not ${project.epoch}`);
  for (const [table, rows] of Object.entries(expectedTables)) {
    const found = status.tables?.[table];
    if (found !== rows) findings.push(`table ${table} has ${found ?? 'no'} rows, not ${rows}`);
  }
  return findings;
}
