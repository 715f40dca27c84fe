import { z } from 'zod';
import type { Machine } from '../machines/machine.js';
import { refusals } from '../refusal.js';
import type { UnconfirmedAnswers } from '../unconfirmed.js';
import { parseBody } from './body.js';
import type { MachineCalls } from './machine-calls.js';
import { type ApiAnswer, type ApiRequest, param, type Route } from './router.js';

const map = '/apps/:app/machines/:id/metadata';
const key = `${map}/:key`;
const setSchema = z.object({ value: z.string(), updated_at: z.exactOptional(z.string()) });
const changeSchema = z.object({
  metadata: z.record(z.string(), z.nullable(z.string())),
  machine_version: z.exactOptional(z.string()),
  updated_at: z.exactOptional(z.string()),
});

/** Metadata of a machine: changing it makes no new version and restarts nothing. */
export function metadataRoutes(calls: MachineCalls, unconfirmed: UnconfirmedAnswers): readonly Route[] {
  const patch = calls.minorWrite((machine, request) => change(machine, request, true));
  const put = calls.minorWrite((machine, request) =>
    change(machine, request, unconfirmed.now.putMetadata === 'merges'),
  );
  return [
    { method: 'GET', path: map, call: 'get_metadata', handle: calls.read(getAll) },
    { method: 'PUT', path: map, call: 'set_metadata', handle: put },
    { method: 'PATCH', path: map, call: 'set_metadata', handle: patch },
    { method: 'GET', path: key, call: 'get_metadata', handle: calls.read(getOne) },
    { method: 'POST', path: key, call: 'set_metadata', handle: calls.minorWrite(setOne) },
    { method: 'DELETE', path: key, call: 'delete_metadata', handle: calls.minorWrite(deleteOne) },
  ];
}

const done: ApiAnswer = { status: 204 };

function getAll(machine: Machine): ApiAnswer {
  return { status: 200, body: metadataOf(machine) };
}

function getOne(machine: Machine, request: ApiRequest): ApiAnswer {
  const metadata = metadataOf(machine);
  const name = param(request, 'key');
  const value = Object.hasOwn(metadata, name) ? metadata[name] : undefined;
  if (value === undefined) throw refusals.notFound('metadata key');
  return { status: 200, body: { value } };
}

/** Null or empty removes a key. @throws FlyRefusal 412 when the machine has got another version */
function change(machine: Machine, request: ApiRequest, merges: boolean): ApiAnswer {
  const body = parseBody(changeSchema, request.bodyText);
  if (body.machine_version !== undefined && body.machine_version !== machine.record.version) {
    throw refusals.staleMetadata();
  }
  set(machine, { ...(merges ? metadataOf(machine) : {}), ...body.metadata });
  return done;
}

function setOne(machine: Machine, request: ApiRequest): ApiAnswer {
  set(machine, { ...metadataOf(machine), [param(request, 'key')]: parseBody(setSchema, request.bodyText).value });
  return done;
}

function deleteOne(machine: Machine, request: ApiRequest): ApiAnswer {
  set(machine, { ...metadataOf(machine), [param(request, 'key')]: null });
  return done;
}

function metadataOf({ record }: Machine): Readonly<Record<string, string>> {
  return record.config.metadata ?? {};
}

function set({ record }: Machine, metadata: Readonly<Record<string, string | null>>): void {
  const kept = Object.entries(metadata).flatMap(([name, value]) => (value ? [[name, value] as const] : []));
  record.setMetadata(Object.fromEntries(kept));
}
