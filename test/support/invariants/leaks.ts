import type { Seen, SeenMachine } from './seen.js';

/** G4 and G10: what Fly has and what the rows say of it. */
export function leaks(seen: Seen): string[] {
  return [...strangersIn(seen), ...missing(seen), ...calledGone(seen)];
}

/** What Fly has and no living row knows. A volume's name is only believed while its row has learned no id. */
export function strangersIn({ machines, listedMachines, listedVolumes }: Seen): string[] {
  const holders = machines.filter((row) => row.state !== 'retired' && !row.machine_gone);
  const keepers = machines.filter((row) => row.state !== 'retired' && !row.volume_gone);
  const ownsVolume = (row: SeenMachine, volume: { readonly id: string; readonly name: string }) =>
    row.volume_id === null ? row.volume_name === volume.name : row.volume_id === volume.id;
  return [
    ...listedMachines
      .filter(({ id, name }) => !holders.some((row) => row.fly_id === id || row.name === name))
      .map(({ name }) => `G4: Fly has machine ${name}, which no living row knows`),
    ...listedVolumes
      .filter((volume) => !keepers.some((row) => ownsVolume(row, volume)))
      .map(({ id, name }) => `G4: Fly has volume ${id} named ${name}, which no living row knows`),
  ];
}

function missing({ machines, listedMachines, listedVolumes }: Seen): string[] {
  const inUse = machines.filter(({ state }) => state === 'ready' || state === 'assigned');
  return [
    ...inUse
      .filter((row) => !listedMachines.some(({ id }) => id === row.fly_id))
      .map((row) => `G4: row ${row.name} is ${row.state}, but Fly does not have it`),
    ...inUse
      .filter((row) => !listedVolumes.some(({ id }) => id === row.volume_id))
      .map((row) => `G4: the volume of ${row.state} row ${row.name} is not at Fly`),
  ];
}

function calledGone({ machines, listedMachines, listedVolumes }: Seen): string[] {
  return [
    ...machines
      .filter((row) => row.machine_gone && listedMachines.some(({ id }) => id === row.fly_id))
      .map((row) => `G10: the machine of ${row.name} was called gone, and Fly has it`),
    ...machines
      .filter((row) => row.volume_gone && listedVolumes.some(({ id }) => id === row.volume_id))
      .map((row) => `G10: the volume of ${row.name} was called gone, and Fly has it`),
  ];
}
