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

export const refusals = {
  badToken: () => new FlyRefusal(401, 'Authenticate: token validation error'),
  invalid: (what: string) => new FlyRefusal(400, `invalid_argument: ${what}`),
  emptyBody: () => new FlyRefusal(400, 'EOF'),
  bodyTooLarge: () => new FlyRefusal(413, 'http: request body too large'),
  unauthorized: () => new FlyRefusal(403, 'unauthorized'),
  notFound: (what: 'app' | 'machine' | 'volume' | 'metadata key' | 'secret' | 'ip assignment' | 'network policy') =>
    new FlyRefusal(404, `${what} not found`),
  nameTaken: (name: string, holderId: string) =>
    new FlyRefusal(
      409,
      `already_exists: unique machine name violation, machine ID ${holderId} already exists with name "${name}"`,
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
  regionFull: () => new FlyRefusal(422, 'could not find a candidate host for this machine', 'insufficient_capacity'),
  regionFullForVolume: () => new FlyRefusal(409, 'aborted: no capacity'),
  hostUnreachable: () => new FlyRefusal(503, 'unavailable: the host cannot be reached'),
  appNameTaken: (status: 409 | 422) =>
    new FlyRefusal(status, 'Validation failed: Name has already been taken', 'name_taken'),
  badAppName: () =>
    new FlyRefusal(422, 'Validation failed: Name may only contain numbers, lowercase letters and dashes'),
  failedPrecondition: (what: string) => new FlyRefusal(412, `failed_precondition: ${what}`),
  notImplemented: (method: string, path: string) =>
    new FlyRefusal(501, `not implemented by the emulator: ${method} ${path}`),
};
