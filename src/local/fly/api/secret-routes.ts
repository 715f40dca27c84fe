import { z } from 'zod';
import { digestOf, type Secret, type Secrets } from '../apps/secrets.js';
import { FlyRefusal, refusals } from '../refusal.js';
import { parseBody } from './body.js';
import { booleanIn, wholeIn } from './query.js';
import { type ApiAnswer, type ApiRequest, param, type Route } from './router.js';

const collection = '/apps/:app/secrets';
const item = `${collection}/:secret`;

const name = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'not a name of an environment variable');
const bulkSchema = z.object({ values: z.record(name, z.string().nullable()) });
const oneSchema = z.object({ value: z.string() });

/** Secrets of an app, whose values nobody reads but its machines. Source: fly.io/docs/apps/secrets. */
export function secretRoutes(secrets: Secrets): readonly Route[] {
  const on =
    (act: (secrets: Secrets, request: ApiRequest, app: string) => ApiAnswer): Route['handle'] =>
    (request) =>
      act(secrets, request, param(request, 'app'));
  return [
    { method: 'GET', path: collection, call: 'list_secrets', emptyBody: () => ({ secrets: [] }), handle: on(list) },
    { method: 'POST', path: collection, call: 'set_secrets', handle: on(setMany) },
    { method: 'GET', path: item, call: 'get_secret', handle: on(get) },
    { method: 'POST', path: item, call: 'set_secrets', handle: on(setOne) },
    { method: 'DELETE', path: item, call: 'delete_secret', handle: on(remove) },
  ];
}

function list(secrets: Secrets, request: ApiRequest, app: string): ApiAnswer {
  assertReadable(secrets, request, app);
  return { status: 200, body: { secrets: secrets.list(app).map(view) } };
}

function get(secrets: Secrets, request: ApiRequest, app: string): ApiAnswer {
  assertReadable(secrets, request, app);
  return { status: 200, body: view(existing(secrets, request, app)) };
}

function setMany(secrets: Secrets, request: ApiRequest, app: string): ApiAnswer {
  const { values } = parseBody(bulkSchema, request.bodyText);
  const version = secrets.update(app, values);
  return { status: 200, body: { ...versions(version), secrets: secrets.list(app).map(view) } };
}

function setOne(secrets: Secrets, request: ApiRequest, app: string): ApiAnswer {
  const { value } = parseBody(oneSchema, request.bodyText);
  const named = name.safeParse(param(request, 'secret'));
  if (!named.success) throw refusals.invalid('not a name of an environment variable');
  const version = secrets.update(app, { [named.data]: value });
  return { status: 201, body: { ...versions(version), ...view(existing(secrets, request, app)) } };
}

function remove(secrets: Secrets, request: ApiRequest, app: string): ApiAnswer {
  const { name } = existing(secrets, request, app);
  return { status: 200, body: versions(secrets.update(app, { [name]: null })) };
}

function existing(secrets: Secrets, request: ApiRequest, app: string): Secret {
  const secret = secrets.find(app, param(request, 'secret'));
  if (secret === undefined) throw refusals.notFound('secret');
  return secret;
}

/**
 * The vendor's client names the version that it wants to see `version`, the published document `min_version`. Changes
 * are seen at once here, so only a version that does not exist is refused.
 */
function assertReadable(secrets: Secrets, { query }: ApiRequest, app: string): void {
  if (booleanIn(query, 'show_secrets')) throw new FlyRefusal(501, 'not implemented by the emulator: show_secrets');
  const range = { min: 0, max: Number.MAX_SAFE_INTEGER, fallback: 0 };
  const wanted = Math.max(wholeIn(query, 'min_version', range), wholeIn(query, 'version', range));
  const version = secrets.versionOf(app);
  if (wanted > version) throw refusals.failedPrecondition(`secrets are at version ${version}, not at ${wanted}`);
}

/** The capital is deprecated, and still sent. */
function versions(version: number): { readonly Version: number; readonly version: number } {
  return { Version: version, version };
}

function view(secret: Secret): Readonly<Record<string, unknown>> {
  return {
    name: secret.name,
    digest: digestOf(secret),
    created_at: new Date(secret.createdAtMs).toISOString(),
    updated_at: new Date(secret.updatedAtMs).toISOString(),
  };
}
