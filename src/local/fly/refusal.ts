import type { FlyErrorBody } from '../../sdk/fly/wire.js';
import { type CatalogueId, catalogue, errorText, type Filling } from './faults/catalogue.js';

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

/** What the emulator itself refuses. The last ones are not Fly's. */
export const refusals = {
  badToken: () => refusalOf('401-bad-token'),
  invalid: (what: string) => refusalOf('400-invalid-argument', { what }),
  emptyBody: () => refusalOf('400-empty-body'),
  notJson: () => refusalOf('400-not-json'),
  tooDeep: () => refusalOf('400-too-deep'),
  wrongType: (sent: string, where: string, expected: string) => refusalOf('400-wrong-type', { sent, where, expected }),
  notFound: (thing: 'app' | 'machine' | 'volume' | 'metadata key') => refusalOf('404-not-found', { thing }),
  nameTaken: (name: string, id: string) => refusalOf('409-name-taken', { name, id }),
  waitedInVain: (wanted: string, current: string) => refusalOf('408-wait', { wanted, current }),
  unknownVolume: () => refusalOf('400-volume-missing'),
  volumeClaimed: (id: string) => refusalOf('412-volume-claimed', { id }),
  volumeBound: (id: string) => refusalOf('412-volume-bound', { id }),
  hostFullForVolume: (volume: string) => refusalOf('412-volume-host-full', { volume }),
  regionFull: () => refusalOf('422-region-full'),
  regionFullForVolume: () => refusalOf('409-volume-region-full'),
  failedPrecondition: (what: string) => refusalOf('412-precondition', { what }),
  rateLimited: (headers: Readonly<Record<string, string>>) => refusalOf('429-rate-limit', {}, headers),
  unknownPath: () => new FlyRefusal(404, '404 page not found'),
  bodyTooLarge: () => new FlyRefusal(413, 'http: request body too large'),
  notImplemented: (method: string, path: string) =>
    new FlyRefusal(501, `not implemented by the emulator: ${method} ${path}`),
};
