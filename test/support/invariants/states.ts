import type { Seen } from './seen.js';

/** G2 and G7: what the rows say of each other. */
export function states(seen: Seen): string[] {
  return [...projectsTrapped(seen), ...machinesTrapped(seen)];
}

function projectsTrapped({ projects, machines }: Seen): string[] {
  const findings: string[] = [];
  for (const { id, state, machine_id } of projects) {
    const [first, ...others] = machines.filter((row) => row.state === 'assigned' && row.project_id === id);
    if (['creating', 'waking', 'archiving'].includes(state)) findings.push(`G7: project ${id} is still ${state}`);
    if (others.length > 0) findings.push(`G2: project ${id} has ${others.length + 1} machines`);
    if (state === 'active' && first?.id !== machine_id) findings.push(`G2: ${id} is active without its machine`);
    if (['dormant', 'lost', 'deleted'].includes(state) && first !== undefined)
      findings.push(`G2: ${id} is ${state} and has a machine`);
  }
  return findings;
}

function machinesTrapped({ projects, machines }: Seen): string[] {
  const making = machines.filter(({ state }) => state === 'provisioning');
  const orphans = machines.filter(
    ({ id, state }) => state === 'assigned' && !projects.some(({ machine_id }) => machine_id === id),
  );
  return [
    ...making.map(({ name }) => `G7: machine ${name} is still provisioning`),
    ...orphans.map((row) => `G4: machine ${row.name} is assigned to ${row.project_id}, which does not have it`),
  ];
}
