import type { FlyCall } from '../calls.js';
import type { FlyFaults, ListedFault } from '../faults/faults.js';
import { readFault } from './fault-input.js';
import { badRequest, type ControlRoute, notThere, objectIn } from './router.js';

export function faultRoutes(faults: FlyFaults, calls: readonly FlyCall[]): readonly ControlRoute[] {
  return [
    { method: 'GET', path: '/faults', handle: () => ({ faults: faults.list().map(viewFault) }) },
    {
      method: 'POST',
      path: '/faults',
      handle: ({ bodyText }) => ({ id: added(faults, calls, bodyText) }),
    },
    {
      method: 'DELETE',
      path: '/faults',
      handle: () => {
        faults.clear();
        return { faults: [] };
      },
    },
    {
      method: 'DELETE',
      path: '/faults/:id',
      handle: ({ params }) => {
        if (!faults.remove(params.id ?? '')) throw notThere(`There is no fault ${params.id}, or it is used up.`);
        return { faults: faults.list().map(viewFault) };
      },
    },
  ];
}

function added(faults: FlyFaults, calls: readonly FlyCall[], bodyText: string): string {
  const fault = readFault(calls, objectIn(bodyText));
  try {
    return faults.add(fault).id;
  } catch (error) {
    throw badRequest(error instanceof Error ? error.message : String(error));
  }
}

/** JSON has no word for infinity. */
export function viewFault(fault: ListedFault): unknown {
  const shown = (count: number) => (count === Number.POSITIVE_INFINITY ? 'always' : count);
  return { ...fault, times: shown(fault.times), left: shown(fault.left) };
}
