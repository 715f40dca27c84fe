import type { IncomingMessage } from 'node:http';
import { readConfig } from '../../src/sdk/config.js';
import { type ControlPlane, createControlPlane } from '../../src/sdk/control-plane.js';
import type { Serving } from '../../src/sdk/serving.js';
import { forwardHttp } from './http-forwarder.js';
import { OutwardCalls } from './outward-calls.js';
import { forwardPostgres } from './postgres-forwarder.js';
import { TestTelemetry } from './telemetry.js';

export interface Surroundings {
  readonly databaseUrl: string;
  readonly flyUrl: string;
  readonly machineUrl: string;
  readonly storeUrl: string;
}

/** One control plane with a network of its own, which can be cut or held up. */
export interface Instance extends AsyncDisposable {
  readonly name: string;
  readonly valet: ControlPlane;
  readonly serving: Serving;
  readonly calls: OutwardCalls;
  /** What it told whoever measures. */
  readonly told: TestTelemetry;
  /** One pass of a background task, by its name in `serving.tasks`; no timer is involved. */
  run(task: string): Promise<string | null>;
}

const taskTimeoutMs = 20_000;

export async function startInstance(
  name: string,
  outside: Surroundings,
  env: Readonly<Record<string, string>>,
): Promise<Instance> {
  await using opening = new AsyncDisposableStack();
  const calls = new OutwardCalls();
  const told = new TestTelemetry();
  const database = opening.use(await forwardPostgres(outside.databaseUrl, calls, nameOfStatement));
  // Pings and news come by the clock: they end with the instance, but are no steps of anything.
  const direct = opening.use(await forwardPostgres(outside.databaseUrl, calls, () => null));
  const fly = opening.use(await forwardHttp(outside.flyUrl, calls, nameOfFlyCall));
  const machines = opening.use(await forwardHttp(outside.machineUrl, calls, nameOfMachineCall));
  const store = opening.use(await forwardHttp(outside.storeUrl, calls, nameOfStoreCall));
  const config = readConfig({
    ...env,
    VALET_INSTANCE: name,
    DATABASE_URL: database.url,
    DATABASE_DIRECT_URL: direct.url,
    VALET_FLY_API_URL: fly.url,
    VALET_MACHINE_URL: `${machines.url}/{app}/{machine_id}`,
    R2_ENDPOINT: store.url,
  });
  const valet = opening.use(await createControlPlane(config, { telemetry: [told] }));
  const serving = await valet.openServing();
  const opened = opening.move();
  return {
    name,
    valet,
    serving,
    calls,
    told,
    run: async (task) => {
      const found = serving.tasks.find((each) => each.name === task);
      if (!found) throw new Error(`There is no task ${task}.`);
      return found.run(AbortSignal.timeout(taskTimeoutMs));
    },
    [Symbol.asyncDispose]: async () => {
      calls.thaw();
      await opened.disposeAsync();
    },
  };
}

/** By the event that it writes, which is what it does; else by its verb and table. */
function nameOfStatement(sql: string): string | null {
  const text = sql.replaceAll(/\s+/g, ' ').replaceAll('extract(epoch from', 'extract(').trim();
  const renewed = /\bupdate (\w+) set (?:transition|provisioning)_deadline = /.exec(text)?.[1];
  if (renewed !== undefined) return `database: renew ${renewed}`;
  const event = /insert into events .*? select '(\w+)'/.exec(text)?.[1];
  if (event !== undefined) return `database: ${event}`;
  const table = /\b(?:from|into|update) (\w+)/.exec(text)?.[1] ?? '';
  const verb = /^(?:with \w+ as \( ?)?(\w+)/.exec(text)?.[1] ?? '';
  return `database: ${verb} ${table}`.trim();
}

function nameOfFlyCall({ method, url = '' }: IncomingMessage): string {
  const path = (url.split('?')[0] ?? '')
    .replace(/^\/v1\/apps\/[^/]+/, '')
    .replace(/^(\/machines|\/volumes)\/[^/]+/, '$1/:id');
  return `fly: ${method} ${path}`;
}

function nameOfMachineCall({ method, url = '' }: IncomingMessage): string {
  return `machine: ${method} ${url.replace(/^\/[^/]+\/[^/]+/, '')}`;
}

/** A presigned address is used by a machine, which goes on when the instance has died. */
function nameOfStoreCall({ method, url = '' }: IncomingMessage): string | null {
  return url.includes('X-Amz-Signature') ? null : `store: ${method}`;
}
