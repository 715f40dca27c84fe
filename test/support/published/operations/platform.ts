import { type Operation, operation, required } from '../operation.js';
import { orgMachines, orgVolumes } from '../org.js';
import { placements, placementsRequest, regions } from '../platform.js';

const orgQuery = ['include_deleted', 'region', 'state', 'summary', 'updated_after', 'cursor', 'limit'];

/** What belongs to the organisation or to all. Source: docs.machines.dev. */
export const platformOperations: readonly Operation[] = [
  operation('GET', '/platform/regions', { 200: regions }),
  operation(
    'POST',
    '/platform/placements',
    { 200: placements },
    { body: required(placementsRequest), refusals: [422] },
  ),
  operation('GET', '/orgs/:org/machines', { 200: orgMachines }, { query: orgQuery }),
  operation('GET', '/orgs/:org/volumes', { 200: orgVolumes }, { query: orgQuery }),
];
