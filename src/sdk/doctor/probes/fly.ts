import { asError } from '../../errors.js';
import type { FlyClient } from '../../fly/client.js';
import type { FlyApp } from '../../fly/schemas.js';
import type { FlyGuest, FlyMachine } from '../../fly/wire.js';
import type { FlyAnswer, RegionFacts } from '../verdicts/fly.js';
import { once } from './once.js';

const timeoutMs = 9_000;
const bytesPerGb = 1024 ** 3;

/** Fly's API. Calls that several checks need are made once. */
export class FlyProbe {
  readonly #fly: Pick<FlyClient, 'getApp' | 'listMachines' | 'listRegions' | 'getPlacements'>;
  readonly app: (signal: AbortSignal) => Promise<FlyAnswer<FlyApp>>;
  readonly machines: (signal: AbortSignal) => Promise<FlyAnswer<readonly FlyMachine[]>>;

  constructor(fly: Pick<FlyClient, 'getApp' | 'listMachines' | 'listRegions' | 'getPlacements'>) {
    this.#fly = fly;
    this.app = once((signal) => asked(signal, fly.getApp({ timeoutMs, signal })));
    this.machines = once((signal) => asked(signal, fly.listMachines({}, { timeoutMs, signal })));
  }

  async regions(
    wanted: readonly string[],
    kind: { readonly compute: FlyGuest; readonly volumeGb: number },
    signal: AbortSignal,
  ): Promise<RegionFacts> {
    const question = {
      region: wanted.join(','),
      compute: kind.compute,
      volume_size_bytes: kind.volumeGb * bytesPerGb,
    };
    const [known, room] = await Promise.all([
      asked(
        signal,
        this.#fly.listRegions({ timeoutMs, signal }).then(({ regions }) => regions),
      ),
      asked(signal, this.#fly.getPlacements(question, { timeoutMs, signal })),
    ]);
    return { known, room };
  }
}

async function asked<T>(signal: AbortSignal, call: Promise<T>): Promise<FlyAnswer<T>> {
  const began = performance.now();
  const tookMs = () => performance.now() - began;
  try {
    return { kind: 'answered', value: await call, tookMs: tookMs() };
  } catch (thrown) {
    signal.throwIfAborted();
    const error = asError(thrown);
    // What Fly says is a FlyError: it has a status and a text.
    if ('status' in error && typeof error.status === 'number' && 'text' in error) {
      return { kind: 'refused', status: error.status, text: String(error.text), tookMs: tookMs() };
    }
    const cause = error.cause === undefined ? error : asError(error.cause);
    return { kind: 'silent', reason: cause.message.replace(/\.$/, '') };
  }
}
