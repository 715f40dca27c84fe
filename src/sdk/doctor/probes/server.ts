import { z } from 'zod';
import { asError, codeOf } from '../../errors.js';
import type { ValetHttp } from '../../http/valet-http.js';
import { serverStatusSchema } from '../../resources/server.js';
import type { HealthAnswer, ServerPlace, StatusAnswer } from '../verdicts/server.js';
import { once } from './once.js';

const healthSchema = z.object({ status: z.string(), version: z.string() });

/** A running `valet serve`, over HTTP. */
export class ServerProbe {
  readonly place: ServerPlace;
  readonly health: (signal: AbortSignal) => Promise<HealthAnswer>;
  readonly status: (signal: AbortSignal) => Promise<StatusAnswer>;

  constructor(http: Pick<ValetHttp, 'call'>, place: ServerPlace, hasSecret: boolean) {
    this.place = place;
    this.health = once((signal) => askHealth(http, signal));
    this.status = once((signal) => (hasSecret ? askStatus(http, signal) : Promise.resolve({ kind: 'no_secret' })));
  }
}

async function askHealth(http: Pick<ValetHttp, 'call'>, signal: AbortSignal): Promise<HealthAnswer> {
  try {
    const { version } = await http.call({ method: 'GET', path: '/health', answer: healthSchema, signal });
    return { reached: true, version };
  } catch (thrown) {
    signal.throwIfAborted();
    return { reached: false, reason: asError(thrown).message };
  }
}

async function askStatus(http: Pick<ValetHttp, 'call'>, signal: AbortSignal): Promise<StatusAnswer> {
  try {
    const status = await http.call({ method: 'GET', path: '/api/server', answer: serverStatusSchema, signal });
    return { kind: 'status', status };
  } catch (thrown) {
    signal.throwIfAborted();
    if (codeOf(thrown) === 'unauthorized') return { kind: 'refused' };
    return { kind: 'failed', reason: asError(thrown).message };
  }
}
