import { randomBytes } from 'node:crypto';
import type { FlyEmulator } from '../../../src/local/fly/emulator.js';
import { FlyClient } from '../../../src/sdk/fly/client.js';
import { Belongings } from './belongings.js';
import { type Access, callApi, type Reply, type SentHeaders } from './caller.js';
import { type ContractRecorder, oddHeader, recordContract } from './recorder.js';
import { sweep } from './sweep.js';

/** Where scenarios run, and with what. */
export interface StageSettings extends Access {
  readonly app: string;
  readonly org: string;
  readonly region: string;
  readonly image: string;
  /** Whether what was created is removed in the end; an emulator of one's own ends as a whole. */
  readonly sweeps: boolean;
  /** How long anything may take to come to rest: seconds on the emulator, minutes at Fly. */
  readonly patienceMs: number;
  /** Between two looks at something that has no call to wait for it. */
  readonly pollMs: number;
  /** Whether Valet's client keeps Fly's rate limits. */
  readonly clientLimits: 'on' | 'off';
  /** Told of each answer that nobody had confirmed. */
  readonly onSeen: (row: string, answer: string) => void;
}

/** What a scenario may use. All that it creates is removed when it has ended, however it ends. */
export interface Stage extends StageSettings {
  /** One call with the right token, the path below `/v1/apps/{app}`. */
  call(method: string, path: string, body?: unknown, headers?: SentHeaders): Promise<Reply>;
  /** The same below `/v1`. */
  root(method: string, path: string, body?: unknown, headers?: SentHeaders): Promise<Reply>;
  /** Like `call`, and takes a 429 for an answer. */
  once(method: string, path: string, body?: unknown, headers?: SentHeaders): Promise<Reply>;
  /** Like `call`, for a request that is wrong on purpose: only its answer must be as published. */
  odd(method: string, path: string, body?: unknown, headers?: SentHeaders): Promise<Reply>;
  readonly fly: FlyClient;
  /** A name that nobody else has. */
  name(label: string): string;
  /** The same for a volume, which takes no hyphens. */
  volumeName(label: string): string;
  readonly recorder: ContractRecorder;
}

export interface EmulatorStage extends Stage {
  readonly emulator: FlyEmulator;
}

export type OpenStage = Stage & AsyncDisposable;

export async function openStage(settings: StageSettings): Promise<OpenStage> {
  const belongings = new Belongings();
  const prefix = `c${randomBytes(4).toString('hex')}`;
  const recorder = await recordContract(settings.url, belongings.note);
  const access = { url: recorder.url, token: settings.token };
  const fly = new FlyClient({
    baseUrl: recorder.url,
    app: settings.app,
    token: settings.token,
    rateLimit: settings.clientLimits,
  });
  const root: Stage['root'] = (method, path, body, headers) => callApi(access, method, path, body, headers, 'polite');
  const call: Stage['call'] = (method, path, body, headers) =>
    root(method, `/apps/${settings.app}${path}`, body, headers);
  const { app, patienceMs } = settings;
  return {
    ...settings,
    root,
    call,
    once: (method, path, body, headers) => callApi(access, method, `/apps/${settings.app}${path}`, body, headers),
    odd: (method, path, body, headers) => call(method, path, body, { ...headers, [oddHeader]: 'yes' }),
    fly,
    name: (label) => `${prefix}-${label}`,
    volumeName: (label) => `${prefix}_${label}`,
    recorder,
    [Symbol.asyncDispose]: async () => {
      await fly.close();
      await recorder[Symbol.asyncDispose]();
      if (settings.sweeps) await sweep({ access: settings, app, prefix, belongings, timeoutMs: patienceMs });
    },
  };
}
