import { createClient } from '../../src/sdk/client.js';
import { Sweep } from '../../src/sdk/dormancy/sweep.js';
import { DirectSweep } from '../../src/sdk/dormancy/sweep-calls.js';
import { ValetError } from '../../src/sdk/errors.js';
import { Running } from '../../src/sdk/running.js';
import { toldTo } from '../../src/sdk/telemetry.js';
import type { SweepCalls } from '../../src/sdk/valet.js';
import { idle } from './idle-project.js';
import { operatorSecret, startTestServer, TestLocks, TestServing } from './server.js';

/** Archives take as long as `gate`, and fail as `fails` says. The fuse is blown from the second batch on. */
export class SweepGround {
  readonly begun: string[] = [];
  readonly finished: string[] = [];
  readonly locks = new TestLocks();
  readonly running = new Running();
  gate: Promise<void> = Promise.resolve();
  hasBeenLeft = false;
  isFuseBlown = false;
  readonly fails: Readonly<Record<string, ValetError>>;
  readonly sweep: SweepCalls;

  constructor(batches: readonly (readonly string[])[], fails: Readonly<Record<string, ValetError>> = {}) {
    this.fails = fails;
    const sweep = new Sweep({
      dormancy: {
        idle: async function* () {
          for (const batch of batches) yield batch.map((id) => idle(id));
        },
      },
      journey: { archive: ({ id }) => this.#archive(id) },
      fuse: {
        assertIntact: async () => {
          if (this.isFuseBlown && this.begun.length > 0) throw blown;
        },
      },
      thresholdSecs: 1,
      telemetry: toldTo([]),
    });
    const watched: Pick<Sweep, 'plan' | 'run'> = {
      plan: (scope) => sweep.plan(scope),
      run: (scope, actor, signal, watch) => {
        watch?.left.addEventListener('abort', () => {
          this.hasBeenLeft = true;
        });
        return sweep.run(scope, actor, signal, watch);
      },
    };
    const { locks, running } = this;
    this.sweep = new DirectSweep({ sweep: watched, locks, running, actor: () => 'operator@test' });
  }

  async #archive(id: string): Promise<void> {
    this.begun.push(id);
    await this.gate;
    const failure = this.fails[id];
    if (failure !== undefined) throw failure;
    this.finished.push(id);
  }
}

export const blown = new ValetError('fuse_blown', 'A machine is quarantined.', { hint: 'Look at it.' });
export interface SweepTransport extends AsyncDisposable {
  readonly sweep: SweepCalls;
}

export async function directly({ sweep, running }: SweepGround): Promise<SweepTransport> {
  return { sweep, [Symbol.asyncDispose]: () => running[Symbol.asyncDispose]() };
}

export async function overHttp({ sweep, running }: SweepGround): Promise<SweepTransport> {
  const calls = {
    plan: sweep.plan.bind(sweep),
    run: sweep.run.bind(sweep),
    steps: sweep.steps.bind(sweep),
  };
  const bench = await startTestServer(new TestServing({ sweep: calls }), { heartbeatMs: 5 });
  const client = createClient({ url: `http://127.0.0.1:${bench.port}`, secret: operatorSecret });
  return {
    sweep: client.sweep,
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]();
      await running[Symbol.asyncDispose]();
      await bench[Symbol.asyncDispose]();
    },
  };
}
