import { z } from 'zod';
import type { MachineRecord } from '../machines/record.js';
import type { MachineRegistry } from '../machines/registry.js';
import { refusals } from '../refusal.js';
import { parseBody } from './body.js';
import { type ApiAnswer, type ApiRequest, param, type Route } from './router.js';

const map = '/apps/:app/machines/:id/metadata';
const key = `${map}/:key`;
const setSchema = z.object({ value: z.string() });

/** Metadata of a machine: changing it makes no new version and restarts nothing. */
export function metadataRoutes(registry: MachineRegistry): readonly Route[] {
  const on =
    (act: (record: MachineRecord, request: ApiRequest) => ApiAnswer): Route['handle'] =>
    (request) =>
      act(registry.get(param(request, 'app'), param(request, 'id')).record, request);
  return [
    { method: 'GET', path: map, call: 'get_metadata', handle: on(getAll) },
    { method: 'GET', path: key, call: 'get_metadata', handle: on(getOne) },
    { method: 'POST', path: key, call: 'set_metadata', handle: on(setOne) },
    { method: 'DELETE', path: key, call: 'delete_metadata', handle: on(deleteOne) },
  ];
}

function getAll(record: MachineRecord): ApiAnswer {
  return { status: 200, body: record.config.metadata ?? {} };
}

function getOne(record: MachineRecord, request: ApiRequest): ApiAnswer {
  const { metadata = {} } = record.config;
  const key = param(request, 'key');
  const value = Object.hasOwn(metadata, key) ? metadata[key] : undefined;
  if (value === undefined) throw refusals.notFound('metadata key');
  return { status: 200, body: { value } };
}

function setOne(record: MachineRecord, request: ApiRequest): ApiAnswer {
  record.setMetadata(param(request, 'key'), parseBody(setSchema, request.bodyText).value);
  return { status: 204 };
}

function deleteOne(record: MachineRecord, request: ApiRequest): ApiAnswer {
  record.setMetadata(param(request, 'key'), undefined);
  return { status: 204 };
}
