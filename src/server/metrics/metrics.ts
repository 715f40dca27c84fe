import { Registry } from 'prom-client';
import type { Router } from '../../sdk/routing/router.js';
import type { Serving } from '../../sdk/serving.js';
import type { Telemetry } from '../../sdk/telemetry.js';
import type { Connections } from '../connections.js';
import type { InFlight } from '../in-flight.js';
import type { Loops } from '../loops.js';
import { showConnections } from './connections.js';
import { flyTelemetry } from './fly-calls.js';
import { journeyTelemetry } from './journeys.js';
import { RegionLabels } from './labels.js';
import { showPool } from './pool.js';
import { showProcess } from './process.js';
import { showQueues } from './queues.js';
import { showRouting } from './routing.js';
import { Shown } from './shown.js';
import { showTasks } from './tasks.js';

/** What the metrics tell apart. */
export interface MetricsOptions {
  /** The regions that may be told apart; all others are one. */
  readonly regions: readonly string[];
}

export interface MetricsSources {
  readonly router: Pick<Router, 'counts' | 'load'>;
  readonly loops: Pick<Loops, 'all'>;
  readonly inFlight: Pick<InFlight, 'count'>;
  /** Of the public port. */
  readonly connections: Pick<Connections, 'open' | 'dropped' | 'cut'>;
  readonly serving: Pick<Serving, 'locks' | 'changes' | 'load' | 'poolRegions'>;
  readonly version: string;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

/** The numbers of one server. The control plane tells it what happens; the rest is read when somebody looks. */
export class Metrics implements Disposable {
  readonly telemetry: Omit<Telemetry, 'flyFailure'>;
  readonly #registry = new Registry();
  readonly #regions: RegionLabels;
  readonly #watching = new DisposableStack();

  constructor({ regions }: MetricsOptions) {
    this.#regions = new RegionLabels(regions);
    this.telemetry = { ...journeyTelemetry(this.#registry, this.#regions), ...flyTelemetry(this.#registry) };
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** What is to be shown beside what is told. Once. */
  watch({ router, loops, inFlight, connections, serving, version, now }: MetricsSources): void {
    const shown = new Shown(this.#registry);
    shown.gauges('valet_build_info', 'Always 1; the version is in the label.', ['version'], () => [[{ version }, 1]]);
    showRouting(shown, router);
    showQueues(shown, serving, inFlight);
    showConnections(shown, connections);
    showTasks(shown, loops, serving.locks, now);
    showPool(shown, serving, this.#regions, now);
    this.#watching.use(showProcess(shown));
  }

  /** All of it in Prometheus' text format. */
  expose(): Promise<string> {
    return this.#registry.metrics();
  }

  [Symbol.dispose](): void {
    this.#watching.dispose();
  }
}
