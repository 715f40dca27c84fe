import type { MachineRegistry } from './machines/registry.js';
import { type MachineSight, stillMachine } from './machines/sight.js';
import { stillVolume } from './volumes/still.js';
import type { Volume } from './volumes/volume.js';
import type { Volumes } from './volumes/volumes.js';

/** What the calls that list machines and volumes are answered from: what is, or what a fault makes of it. */
export interface Lists {
  machines(app: string, options: { readonly includeDeleted: boolean }): readonly MachineSight[];
  /** Deleted ones are among them for a while. */
  volumes(app: string): readonly Volume[];
}

interface Things {
  readonly registry: MachineRegistry;
  readonly volumes: Volumes;
}

export function listsOf({ registry, volumes }: Things): Lists {
  return {
    machines: (app, options) => registry.list(app, options),
    volumes: (app) => volumes.list(app),
  };
}

/** Without these machines and volumes. */
export function listsWithout(lists: Lists, ids: ReadonlySet<string>): Lists {
  return {
    machines: (app, options) => lists.machines(app, options).filter(({ record }) => !ids.has(record.identity.id)),
    volumes: (app) => lists.volumes(app).filter(({ id }) => !ids.has(id)),
  };
}

/** As they are at this time, whatever happens later. */
export function stillLists({ registry, volumes }: Things, nowMs: number): Lists {
  const machines = registry.all().map(stillMachine);
  const still = volumes.all().map((volume) => stillVolume(volume, nowMs));
  return {
    machines: (app, { includeDeleted }) =>
      machines.filter(({ record }) => record.identity.app === app && (includeDeleted || record.state !== 'destroyed')),
    volumes: (app) => still.filter((volume) => volume.app === app),
  };
}
