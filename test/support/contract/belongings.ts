import { z } from 'zod';
import type { Passed } from './recorder.js';

const identified = z.looseObject({ id: z.string(), nonce: z.string().optional() });
const leased = z.looseObject({ data: z.looseObject({ nonce: z.string() }) });
const named = z.looseObject({ app_name: z.string().optional(), name: z.string().optional() });

/** What the answers that passed show to have been created, so that it can be removed. */
export class Belongings {
  readonly machines = new Map<string, { readonly app: string; nonce: string | undefined }>();
  readonly volumes = new Map<string, { readonly app: string }>();
  readonly apps = new Set<string>();

  readonly note = ({ method, url, status, requestBody, body }: Passed): void => {
    if (method !== 'POST' || status >= 300) return;
    const [, app = '', kind = '', id, action] = (url.split('?')[0] ?? '').split('/').slice(2);
    if (app === '') this.#noteApp(requestBody);
    else if (kind === 'machines') this.#noteMachine(app, id, action, body);
    else if (kind === 'volumes' && id === undefined) this.#noteVolume(app, body);
  };

  #noteApp(requestBody: string): void {
    const sent = named.safeParse(parse(requestBody)).data;
    const name = sent?.app_name ?? sent?.name;
    if (name !== undefined) this.apps.add(name);
  }

  #noteMachine(app: string, id: string | undefined, action: string | undefined, body: string): void {
    if (action === 'lease' && id !== undefined) {
      const nonce = leased.safeParse(parse(body)).data?.data.nonce;
      const known = this.machines.get(id);
      if (known !== undefined && nonce !== undefined) known.nonce = nonce;
    }
    if (action !== undefined) return;
    const made = identified.safeParse(parse(body)).data;
    if (made !== undefined) this.machines.set(made.id, { app, nonce: made.nonce ?? this.machines.get(made.id)?.nonce });
  }

  #noteVolume(app: string, body: string): void {
    const made = identified.safeParse(parse(body)).data;
    if (made !== undefined) this.volumes.set(made.id, { app });
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
