import type { FlyErrorBody } from '../../sdk/fly/wire.js';

/** What the API answers instead of success; thrown by whatever refuses, turned into an answer by the HTTP server. */
export class FlyRefusal extends Error {
  readonly statusCode: number;
  readonly body: FlyErrorBody;

  constructor(statusCode: number, error: string, bodyStatus?: string) {
    super(error);
    this.name = 'FlyRefusal';
    this.statusCode = statusCode;
    this.body = bodyStatus === undefined ? { error } : { error, status: bodyStatus };
  }
}

/** Names of gRPC that begin most texts. */
const codes: Readonly<Record<number, string>> = {
  400: 'invalid_argument',
  408: 'deadline_exceeded',
  409: 'aborted',
  412: 'failed_precondition',
  500: 'internal',
};

/** As Go writes it: no fraction where there is none to tell. */
function rfc3339(timeMs: number): string {
  return new Date(timeMs).toISOString().replace(/\.\d+Z$/, 'Z');
}

export const refusals = {
  badToken: () => new FlyRefusal(401, 'Authenticate: token validation error'),
  invalid: (what: string) => new FlyRefusal(400, `invalid_argument: ${what}`),
  emptyBody: () => new FlyRefusal(400, 'EOF'),
  bodyTooLarge: () => new FlyRefusal(413, 'http: request body too large'),
  notFound: (what: 'app' | 'machine' | 'volume' | 'metadata key' | 'lease') => new FlyRefusal(404, `${what} not found`),
  nameTaken: (name: string, holderId: string) =>
    new FlyRefusal(
      409,
      `already_exists: unique machine name violation, machine ID ${holderId} already exists with name "${name}"`,
    ),
  leaseHeld: (machineId: string, owner: string, expiresAtMs: number) =>
    new FlyRefusal(
      409,
      `aborted: machine ID ${machineId} lease currently held by ${owner}, expires at ${rfc3339(expiresAtMs)}`,
    ),
  waitedInVain: (wanted: string, current: string) =>
    new FlyRefusal(408, `deadline_exceeded: machine failed to reach desired state, ${wanted}, currently ${current}`),
  unknownVolume: () => new FlyRefusal(400, 'invalid_argument: volume does not exist'),
  volumeClaimed: (machineId: string) =>
    new FlyRefusal(412, `failed_precondition: volume already claimed by machine ${machineId}`),
  volumeBound: (machineId: string) =>
    new FlyRefusal(412, `failed_precondition: volume is currently bound to machine: ${machineId}`),
  hostFullForVolume: (volumeId: string) =>
    new FlyRefusal(
      412,
      `failed_precondition: insufficient resources to create new machine with existing volume id '${volumeId}'`,
      'volume_placement_capacity',
    ),
  hostFull: () =>
    new FlyRefusal(
      409,
      'aborted: could not reserve resource for machine: insufficient memory available to fulfill request',
    ),
  hostUnreachable: (host: string) => new FlyRefusal(503, `unavailable: host ${host} is unreachable`),
  regionFull: () => new FlyRefusal(422, 'could not find a candidate host for this machine', 'insufficient_capacity'),
  regionFullForVolume: () => new FlyRefusal(409, 'aborted: no capacity'),
  failedPrecondition: (what: string) => new FlyRefusal(412, `failed_precondition: ${what}`),
  /** Where the status is unconfirmed, the word before the colon goes with it. */
  withStatus: (status: number, what: string) => {
    const code = codes[status];
    return new FlyRefusal(status, code === undefined ? what : `${code}: ${what}`);
  },
  notImplemented: (method: string, path: string) =>
    new FlyRefusal(501, `not implemented by the emulator: ${method} ${path}`),
};
