import { z } from 'zod';
import type { Hosts } from '../hosts/hosts.js';
import { type ControlRoute, notThere, objectIn, readInput } from './router.js';

const hostOrder = z.strictObject({
  full: z.exactOptional(z.boolean()),
  reachable: z.exactOptional(z.boolean()),
});
const regionOrder = z.strictObject({ full: z.boolean() });

/** Hosts and regions: whether there is room, and whether they can be reached. */
export function placeRoutes(hosts: Hosts): readonly ControlRoute[] {
  return [
    {
      method: 'POST',
      path: '/hosts/:id',
      handle: ({ params: { id = '' }, bodyText }) => {
        const known = hosts.list().map((host) => host.id);
        if (!known.includes(id)) throw notThere(`There is no host ${id}; there are ${known.join(', ')}.`);
        const { full, reachable } = readInput(hostOrder, objectIn(bodyText));
        if (full !== undefined) hosts.setFull(id, full);
        if (reachable !== undefined) hosts.setReachable(id, reachable);
        return hosts.get(id);
      },
    },
    {
      method: 'POST',
      path: '/regions/:code',
      handle: ({ params: { code = '' }, bodyText }) => {
        const known = [...new Set(hosts.list().map((host) => host.region))];
        if (!known.includes(code)) throw notThere(`There is no region ${code}; there are ${known.join(', ')}.`);
        hosts.setRegionFull(code, readInput(regionOrder, objectIn(bodyText)).full);
        return { hosts: hosts.list().filter((host) => host.region === code) };
      },
    },
  ];
}
