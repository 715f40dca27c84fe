import type { Place, Seen, SeenMachine } from './seen.js';

/** G3, G5 and G6: what the running machines say of themselves. */
export async function machinesAstray(platform: Place, seen: Seen): Promise<string[]> {
  const running = seen.machines.filter(
    (row) =>
      ['ready', 'assigned'].includes(row.state) &&
      platform.fly.machines.find(platform.fly.app, row.fly_id ?? '')?.state === 'started',
  );
  const findings = await Promise.all(running.map((row) => strayed(platform, seen, row)));
  return findings.flat();
}

async function strayed(platform: Place, { projects }: Seen, row: SeenMachine): Promise<string[]> {
  const status = await platform.protocol.status({ flyId: row.fly_id ?? '', name: row.name });
  if (status.kind === 'basic')
    return platform.machinesAreBasic ? [] : [`machine ${row.name} does not speak the protocol`];
  const project = projects.find(({ machine_id }) => machine_id === row.id);
  if (status.project_id !== row.project_id)
    return [`G3: machine ${row.name} of ${row.project_id} says that it is ${status.project_id}`];
  if (project && status.epoch > project.epoch) return [`G6: machine ${row.name} has seen a larger epoch than its row`];
  if (project?.state === 'active' && !status.serving) return [`G5: project ${project.id} is active and not served`];
  return [];
}
