/**
 * Every refusal that Fly's API is known to give, as data: the one place where their texts stand.
 * Sources: the vendor's published document, docs and client, and what operators saw of the live service. A text that
 * nobody has published says so.
 */
export interface CatalogueRow {
  readonly status: number;
  /** The `error` of the body; what is in braces is filled in. */
  readonly error: string;
  /** The `status` of the body, where there is one. */
  readonly bodyStatus?: string;
  readonly when: string;
}

const rows = {
  '400-memory-too-small': {
    status: 400,
    error: 'invalid_argument: invalid config.guest.memory_mb, minimum required {limit} MiB',
    when: 'the guest has too little memory for its CPUs',
  },
  '400-memory-too-large': {
    status: 400,
    error: 'invalid_argument: invalid config.guest.memory_mb, cannot exceed {limit} MiB',
    when: 'the guest has too much memory for its CPUs',
  },
  '400-cpus': {
    status: 400,
    error: 'invalid_argument: invalid config.guest.cpus, {what}',
    when: 'there are no machines with that number of CPUs',
  },
  '400-wrong-type': {
    status: 400,
    error: 'json: cannot unmarshal {sent} into {where} of type {expected}',
    when: 'a field has the wrong JSON type',
  },
  '400-not-json': {
    status: 400,
    error: 'invalid character in request body: not valid JSON',
    when: 'the body is not JSON; the text is not published',
  },
  '400-too-deep': { status: 400, error: 'json: exceeded max depth', when: 'the body is nested too deeply' },
  '400-empty-body': { status: 400, error: 'EOF', when: 'a body is expected and none was sent' },
  '400-invalid-argument': {
    status: 400,
    error: 'invalid_argument: {what}',
    when: 'a value cannot be: a wait above 60 s, a state that nothing can wait for',
  },
  '400-volume-missing': {
    status: 400,
    error: 'invalid_argument: volume does not exist',
    when: 'a mount names a volume that is not there, or not visible yet',
  },
  '400-unknown-org': {
    status: 400,
    error: 'invalid_argument: organization {org} not found',
    when: 'an app is created in an organisation that is not known; the text is not published',
  },
  '401-bad-token': {
    status: 401,
    error: 'Authenticate: token validation error',
    when: 'the token is wrong or missing',
  },
  '403-unauthorized': {
    status: 403,
    error: 'unauthorized',
    when: 'the token is for another app or organisation, or the app is held by another organisation',
  },
  '404-not-found': {
    status: 404,
    error: '{thing} not found',
    when: 'there is no such app, machine, volume, lease or key',
  },
  '408-wait': {
    status: 408,
    error: 'deadline_exceeded: machine failed to reach desired state, {wanted}, currently {current}',
    when: 'a wait ran out of time',
  },
  '408-create': {
    status: 408,
    error: 'deadline_exceeded: context deadline exceeded',
    when: 'a create ran out of time, and the machine may or may not be there; the text is not published',
  },
  '409-name-taken': {
    status: 409,
    error: 'already_exists: unique machine name violation, machine ID {id} already exists with name "{name}"',
    when: 'another machine of the app has that name',
  },
  '409-lease-held': {
    status: 409,
    error: 'aborted: machine ID {id} lease currently held by {owner}, expires at {expires}',
    when: 'a write comes without the nonce of the lease that somebody holds',
  },
  '409-concurrent-update': {
    status: 409,
    error: 'aborted: machine update failed due to concurrent update',
    when: 'two updates at once',
  },
  '409-host-full': {
    status: 409,
    error: 'aborted: could not reserve resource for machine: insufficient memory available to fulfill request',
    when: 'the host has no memory left for a start, an update or a create that is bound to it',
  },
  '409-host-full-cpus': {
    status: 409,
    error: 'aborted: could not reserve resource for machine: insufficient CPUs available to fulfill request',
    when: 'the host has no CPUs left',
  },
  '409-host-full-ips': {
    status: 409,
    error: 'aborted: insufficient IPs available to fulfill request',
    when: 'the host has no addresses left',
  },
  '409-host-full-resources': {
    status: 409,
    error: 'aborted: insufficient resources available to fulfill request: {what}',
    when: 'the host lacks something else',
  },
  '409-volume-region-full': {
    status: 409,
    error: 'aborted: no capacity',
    when: 'the region has no room for a volume that is created or forked',
  },
  '409-app-name-taken': {
    status: 409,
    error: 'Validation failed: Name has already been taken',
    bodyStatus: 'name_taken',
    when: 'the name of an app is taken, as one operator saw it',
  },
  '410-postgres-deleted': {
    status: 410,
    error: 'cluster has been deleted',
    when: 'the managed Postgres cluster was deleted; the text is not published',
  },
  '412-wrong-state': {
    status: 412,
    error: "failed_precondition: unable to {verb} machine from current state: '{state}'",
    when: 'a start while the machine is created, replacing or stopping, and other commands out of place',
  },
  '412-still-active': {
    status: 412,
    error: 'failed_precondition: machine still active, refusing to start',
    when: 'a start while the machine still runs',
  },
  '412-replacing': {
    status: 412,
    error: 'failed_precondition: machine getting replaced, refusing to start',
    when: 'a start while an update is under way',
  },
  '412-precondition': {
    status: 412,
    error: 'failed_precondition: {what}',
    when: 'a precondition of another kind does not hold',
  },
  '412-volume-bound': {
    status: 412,
    error: 'failed_precondition: volume is currently bound to machine: {id}',
    when: 'a volume is deleted that a machine holds, or held until a moment ago',
  },
  '412-volume-claimed': {
    status: 412,
    error: 'failed_precondition: volume already claimed by machine {id}',
    when: 'a machine is created with a volume that another one holds',
  },
  '412-volume-claimed-by-nobody': {
    status: 412,
    error: `failed_precondition: volume already claimed by machine ${'\0'.repeat(14)}`,
    when: 'the same just after the holder died: its id is 14 NUL characters',
  },
  '412-volume-host-full': {
    status: 412,
    error: "failed_precondition: insufficient resources to create new machine with existing volume id '{volume}'",
    bodyStatus: 'volume_placement_capacity',
    when: 'a machine is created on a volume whose host is full',
  },
  '412-stale-metadata': {
    status: 412,
    error: "failed_precondition: machine_version is not the machine's",
    when: 'metadata is written for a version that is not the current one; the text is not published',
  },
  '422-app-name-taken': {
    status: 422,
    error: 'Validation failed: Name has already been taken',
    bodyStatus: 'name_taken',
    when: 'the name of an app is taken; names are global',
  },
  '422-app-name-malformed': {
    status: 422,
    error: 'Validation failed: Name may only contain numbers, lowercase letters and dashes',
    when: 'an app is created with a name that cannot be; the text is not published',
  },
  '422-app-name-race': {
    status: 422,
    error: 'uniqueness constraint violated',
    bodyStatus: 'name_taken',
    when: 'two creates of one app at once',
  },
  '422-region-full': {
    status: 422,
    error: 'could not find a candidate host for this machine',
    bodyStatus: 'insufficient_capacity',
    when: 'the region has no room for a machine that is created',
  },
  '429-rate-limit': {
    status: 429,
    error: 'rate limit exceeded',
    when: 'too many calls of one action; body and Retry-After are not published',
  },
  '500-internal': { status: 500, error: 'internal: {what}', when: 'a fault of the service; the text is not published' },
  '502-bad-gateway': { status: 502, error: 'bad gateway', when: 'the API or a host cannot be reached' },
  '503-unavailable': { status: 503, error: 'unavailable: {what}', when: 'the API or a host cannot be reached' },
} as const satisfies Readonly<Record<string, CatalogueRow>>;

export type CatalogueId = keyof typeof rows;

export const catalogue: Readonly<Record<CatalogueId, CatalogueRow>> = rows;

export const catalogueIds: readonly CatalogueId[] = Object.keys(rows).filter((id): id is CatalogueId =>
  Object.hasOwn(rows, id),
);

/** What braces may stand for. */
export type Filling = Readonly<Record<string, string>>;

/** What is shown for a name that nobody has filled in. */
const samples: Filling = {
  current: 'created',
  expected: 'string',
  expires: '2026-01-01T00:00:00Z',
  id: '00000000000000',
  limit: '2048',
  name: 'unnamed',
  org: 'unknown',
  owner: 'somebody@tokens.fly.io',
  sent: 'number',
  state: 'created',
  thing: 'machine',
  verb: 'start',
  volume: 'vol_0000000000000000',
  wanted: 'started',
  what: 'said so by a fault',
  where: 'Go value',
};

/** The row's text with everything filled in. */
export function errorText(id: CatalogueId, filling: Filling = {}): string {
  return catalogue[id].error.replace(/\{(\w+)\}/g, (_, name: string) => filling[name] ?? samples[name] ?? name);
}

/** The text without the name of a gRPC code that it begins with. */
export function errorDetail(id: CatalogueId, filling?: Filling): string {
  return errorText(id, filling).replace(/^[a-z_]+: /, '');
}
