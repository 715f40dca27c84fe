import type { Clock } from '../../../clock.js';
import type { MachineRecord } from '../record.js';
import { type PlannedCheck, planChecks } from './plan.js';
import { type Finding, probe } from './probe.js';

export interface CheckStatus {
  readonly name: string;
  readonly status: Finding['status'] | 'warning';
  readonly output: string;
  readonly updated_at: string;
}

interface Told {
  readonly status: CheckStatus['status'];
  readonly output: string;
  readonly atMs: number;
}

/** A machine's checks, made again and again while it is started. Nobody restarts it for a check that fails. */
export class Checks {
  readonly #record: MachineRecord;
  readonly #clock: Clock;
  readonly #portOf: () => number | undefined;
  readonly #told = new Map<string, Told>();
  #running: AbortController | undefined;
  #loops: Promise<void> = Promise.resolve();
  readonly #unwatch: () => void;

  constructor(record: MachineRecord, clock: Clock, portOf: () => number | undefined) {
    this.#record = record;
    this.#clock = clock;
    this.#portOf = portOf;
    this.#unwatch = record.watch(() => this.#follow());
  }

  get statuses(): readonly CheckStatus[] {
    return planChecks(this.#record.config).map(({ name }) => {
      const { status, output, atMs } = this.#told.get(name) ?? this.#unknown();
      return { name, status, output, updated_at: new Date(atMs).toISOString() };
    });
  }

  async close(): Promise<void> {
    this.#unwatch();
    this.#running?.abort();
    await this.#loops;
  }

  #follow(): void {
    const started = this.#record.phase === 'started';
    if (started === (this.#running !== undefined)) return;
    this.#running?.abort();
    this.#running = undefined;
    this.#told.clear();
    if (started) this.#begin(new AbortController());
  }

  #begin(running: AbortController): void {
    this.#running = running;
    const loops = planChecks(this.#record.config).map((check) => this.#loop(check, running.signal));
    const before = this.#loops;
    this.#loops = Promise.allSettled(loops).then(() => before);
  }

  async #loop(check: PlannedCheck, signal: AbortSignal): Promise<void> {
    await this.#clock.sleep(check.graceMs, signal);
    for (;;) {
      const finding = await this.#probe(check, signal);
      signal.throwIfAborted();
      this.#told.set(check.name, { ...finding, atMs: this.#clock.nowMs() });
      await this.#clock.sleep(check.intervalMs, signal);
    }
  }

  async #probe(check: PlannedCheck, signal: AbortSignal): Promise<Finding> {
    const port = this.#portOf();
    if (port === undefined) return { status: 'critical', output: 'connection refused' };
    // Not by `AbortSignal.any`: the machine's signal would remember every check that was ever made.
    const over = new AbortController();
    const end = () => over.abort();
    const spare = this.#clock.after(check.timeoutMs, end);
    signal.addEventListener('abort', end, { once: true });
    try {
      return await probe(check, port, over.signal);
    } finally {
      spare();
      signal.removeEventListener('abort', end);
    }
  }

  #unknown(): Told {
    const output = this.#record.phase === 'started' ? 'not checked yet' : "the machine hasn't started";
    return { status: 'warning', output, atMs: this.#record.updatedAtMs };
  }
}
