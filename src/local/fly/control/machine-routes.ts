import { FlyRefusal } from '../refusal.js';
import { type ControlRoute, notThere } from './router.js';
import type { ControlSources } from './sources.js';

/** What happens to machines that nobody has asked for. */
export function machineControlRoutes({
  faults,
  machines,
}: Pick<ControlSources, 'faults' | 'machines'>): readonly ControlRoute[] {
  return [
    {
      method: 'POST',
      path: '/machines/:id/lose-snapshot',
      handle: ({ params: { id = '' } }) => {
        orNotThere(() => faults.loseSnapshot(id));
        return { ok: true };
      },
    },
    {
      method: 'POST',
      path: '/lose-snapshots',
      handle: () => {
        faults.loseSnapshots();
        return { ok: true };
      },
    },
    {
      method: 'POST',
      path: '/machines/:id/exit',
      handle: ({ params: { id = '' } }) => {
        if (orNotThere(() => machines.crash(id))) return { ok: true };
        throw new FlyRefusal(409, `Nothing runs in machine ${id} that could crash.`);
      },
    },
    {
      method: 'POST',
      path: '/machines/:id/migrate',
      handle: ({ params: { id = '' } }) => {
        const { migrate } = machines;
        if (migrate === undefined) throw new FlyRefusal(501, 'This emulator does not move machines.');
        orNotThere(() => migrate(id));
        return { ok: true };
      },
    },
  ];
}

function orNotThere<Result>(act: () => Result): Result {
  try {
    return act();
  } catch (error) {
    if (error instanceof FlyRefusal) throw error;
    throw notThere(error instanceof Error ? error.message : String(error));
  }
}
