import { z } from 'zod';
import { machineEvents } from '../event.js';
import {
  execAnswer,
  execRequest,
  memoryAnswer,
  memoryLimitRequest,
  processes,
  reclaimAnswer,
  reclaimRequest,
  signalRequest,
  stopRequest,
} from '../guest-calls.js';
import { leaseAnswer, leaseReleased, leaseRequest } from '../lease.js';
import {
  createMachineRequest,
  machine,
  machineSummary,
  machineVersions,
  startAnswer,
  updateMachineRequest,
  waitAnswer,
} from '../machine.js';
import { metadataMap, metadataUpdate, metadataValue, metadataValueUpdate } from '../metadata.js';
import { type Operation, operation, optional, required } from '../operation.js';
import { okAnswer } from '../values.js';

const collection = '/apps/:app/machines';
const item = `${collection}/:id`;

/** A lease is held by somebody else, or the state forbids it. */
const conflicts = [409, 412];

/** Source: docs.machines.dev; fly.io/docs/machines/api/machines-resource. */
export const machineOperations: readonly Operation[] = [
  operation(
    'GET',
    collection,
    { 200: z.array(z.union([machine, machineSummary])) },
    {
      query: ['include_deleted', 'region', 'state', 'summary', 'metadata.*', 'include_leases'],
    },
  ),
  operation(
    'POST',
    collection,
    { 200: machine },
    {
      body: required(createMachineRequest),
      refusals: [408, 409, 412, 422],
    },
  ),
  operation('GET', item, { 200: machine }, { query: ['include_leases'] }),
  operation('POST', item, { 200: machine }, { body: required(updateMachineRequest), refusals: [408, 409, 412, 422] }),
  // The vendor's own client says `kill` for `force`.
  operation('DELETE', item, { 200: okAnswer }, { query: ['force', 'kill'], refusals: conflicts }),
  operation('POST', `${item}/start`, { 200: startAnswer }, { refusals: conflicts }),
  operation('POST', `${item}/stop`, { 200: okAnswer }, { body: optional(stopRequest), refusals: conflicts }),
  operation('POST', `${item}/suspend`, { 200: okAnswer }, { refusals: [...conflicts, 422] }),
  operation(
    'POST',
    `${item}/restart`,
    { 200: okAnswer },
    {
      query: ['timeout', 'signal', 'force_stop'],
      refusals: conflicts,
    },
  ),
  operation('POST', `${item}/signal`, { 200: okAnswer }, { body: required(signalRequest), refusals: conflicts }),
  operation('POST', `${item}/cordon`, { 200: okAnswer }, { refusals: conflicts }),
  operation('POST', `${item}/uncordon`, { 200: okAnswer }, { refusals: conflicts }),
  operation(
    'GET',
    `${item}/wait`,
    { 200: waitAnswer },
    {
      query: ['state', 'timeout', 'version', 'instance_id', 'from_event_id'],
      refusals: [408],
    },
  ),
  operation('GET', `${item}/events`, { 200: machineEvents }, { query: ['limit'] }),
  operation('GET', `${item}/versions`, { 200: machineVersions }),
  operation('GET', `${item}/lease`, { 200: leaseAnswer }),
  // The vendor's client sends the time in the query.
  operation(
    'POST',
    `${item}/lease`,
    { 201: leaseAnswer },
    {
      query: ['ttl'],
      body: optional(leaseRequest),
      refusals: [409],
    },
  ),
  operation('DELETE', `${item}/lease`, { 200: leaseReleased }, { refusals: [409] }),
  operation('GET', `${item}/metadata`, { 200: metadataMap }),
  operation('PUT', `${item}/metadata`, { 204: 'empty' }, { body: required(metadataUpdate), refusals: conflicts }),
  operation('PATCH', `${item}/metadata`, { 204: 'empty' }, { body: required(metadataUpdate), refusals: conflicts }),
  operation('GET', `${item}/metadata/:key`, { 200: metadataValue }),
  operation(
    'POST',
    `${item}/metadata/:key`,
    { 204: 'empty' },
    {
      body: required(metadataValueUpdate),
      refusals: conflicts,
    },
  ),
  operation('DELETE', `${item}/metadata/:key`, { 204: 'empty' }, { refusals: conflicts }),
  // What answers on a machine that does not run is unconfirmed: 4xx or 5xx.
  operation(
    'POST',
    `${item}/exec`,
    { 200: execAnswer },
    {
      body: required(execRequest),
      refusals: [408, ...conflicts, 500],
    },
  ),
  operation('GET', `${item}/ps`, { 200: processes }, { query: ['sort_by', 'order'], refusals: [412, 500] }),
  operation('GET', `${item}/memory`, { 200: memoryAnswer }, { refusals: [412, 500] }),
  operation(
    'PUT',
    `${item}/memory`,
    { 200: memoryAnswer },
    {
      body: required(memoryLimitRequest),
      refusals: [...conflicts, 500],
    },
  ),
  operation(
    'POST',
    `${item}/memory/reclaim`,
    { 200: reclaimAnswer },
    {
      body: required(reclaimRequest),
      refusals: [...conflicts, 500],
    },
  ),
];
