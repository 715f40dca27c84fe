import type { FlyErrorBody } from '../../sdk/fly/wire.js';
import { type CatalogueId, catalogue, errorText, type Filling } from './catalogue.js';

/** What the API answers instead of success; thrown by whatever refuses, turned into an answer by the HTTP server. */
export class FlyRefusal extends Error {
  readonly statusCode: number;
  readonly body: FlyErrorBody;
  readonly headers: Readonly<Record<string, string>>;

  constructor(statusCode: number, error: string, bodyStatus?: string, headers: Readonly<Record<string, string>> = {}) {
    super(error);
    this.name = 'FlyRefusal';
    this.statusCode = statusCode;
    this.body = bodyStatus === undefined ? { error } : { error, status: bodyStatus };
    this.headers = headers;
  }
}

/** A refusal as the catalogue has it, with what its text leaves open. */
export function refusalOf(id: CatalogueId, filling?: Filling, headers?: Readonly<Record<string, string>>): FlyRefusal {
  const { status, bodyStatus } = catalogue[id];
  return new FlyRefusal(status, errorText(id, filling), bodyStatus, headers);
}

/** Names of gRPC that begin most texts. */
const codes: Readonly<Record<number, string>> = {
  400: 'invalid_argument',
  408: 'deadline_exceeded',
  409: 'aborted',
  412: 'failed_precondition',
  500: 'internal',
};

type Thing = 'app' | 'machine' | 'volume' | 'metadata key' | 'lease' | 'secret' | 'ip assignment' | 'network policy';

/** What the emulator itself refuses. */
export const refusals = {
  badToken: () => refusalOf('401-bad-token'),
  unauthorized: () => refusalOf('403-unauthorized'),
  invalid: (what: string) => refusalOf('400-invalid-argument', { what }),
  emptyBody: () => refusalOf('400-empty-body'),
  notJson: () => refusalOf('400-not-json'),
  tooDeep: () => refusalOf('400-too-deep'),
  wrongType: (sent: string, where: string, expected: string) => refusalOf('400-wrong-type', { sent, where, expected }),
  notFound: (thing: Thing) => refusalOf('404-not-found', { thing }),
  nameTaken: (name: string, id: string) => refusalOf('409-name-taken', { name, id }),
  leaseHeld: (id: string, owner: string, expiresAtMs: number) =>
    refusalOf('409-lease-held', { id, owner, expires: rfc3339(expiresAtMs) }),
  waitedInVain: (wanted: string, current: string) => refusalOf('408-wait', { wanted, current }),
  unknownOrg: (org: string) => refusalOf('400-unknown-org', { org }),
  unknownVolume: () => refusalOf('400-volume-missing'),
  volumeClaimed: (id: string) => refusalOf('412-volume-claimed', { id }),
  volumeBound: (id: string) => refusalOf('412-volume-bound', { id }),
  hostFull: () => refusalOf('409-host-full'),
  hostFullForVolume: (volume: string) => refusalOf('412-volume-host-full', { volume }),
  hostUnreachable: (host: string) => refusalOf('503-unavailable', { what: `host ${host} is unreachable` }),
  regionFull: () => refusalOf('422-region-full'),
  regionFullForVolume: () => refusalOf('409-volume-region-full'),
  appNameTaken: (status: 409 | 422) => refusalOf(status === 409 ? '409-app-name-taken' : '422-app-name-taken'),
  badAppName: () => refusalOf('422-app-name-malformed'),
  stillActive: () => refusalOf('412-still-active'),
  staleMetadata: () => refusalOf('412-stale-metadata'),
  failedPrecondition: (what: string) => refusalOf('412-precondition', { what }),
  rateLimited: (headers: Readonly<Record<string, string>>) => refusalOf('429-rate-limit', {}, headers),
  /** Where the status is unconfirmed, the word before the colon goes with it. */
  withStatus: (status: number, what: string) => {
    const code = codes[status];
    return new FlyRefusal(status, code === undefined ? what : `${code}: ${what}`);
  },
  // These are the emulator's own.
  unknownPath: () => new FlyRefusal(404, '404 page not found'),
  bodyTooLarge: () => new FlyRefusal(413, 'http: request body too large'),
  notImplemented: (method: string, path: string) =>
    new FlyRefusal(501, `not implemented by the emulator: ${method} ${path}`),
};

/** As Go writes it: no fraction where there is none to tell. */
function rfc3339(timeMs: number): string {
  return new Date(timeMs).toISOString().replace(/\.\d+Z$/, 'Z');
}
