import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { usageOf } from '../cores.ts';
import { type Sample, spreadOf } from '../row.ts';
import { machineId, Request } from './names.ts';

export interface Load {
  readonly port: number;
  readonly pid: number;
  readonly kind: 'known' | 'unknown';
  /** The number of the project that the next request is for. */
  readonly next: () => number;
  readonly expects: readonly number[];
  /** Whether answers name the machine of their project; a constant one does not. */
  readonly names: boolean;
  readonly warmMs: number;
  readonly measureMs: number;
}

export const connections = 64;
const maxSilentMs = 10_000;
const sampleEvery = 16;
const checkEvery = 512;

/** Asks over so many kept connections, one request at a time on each, and counts the answers. */
export async function measure(load: Load): Promise<Sample> {
  const tally = new Tally(load);
  const asking = await Promise.all(Array.from({ length: connections }, () => Asker.open(load, tally)));
  try {
    for (const asker of asking) asker.ask();
    await Promise.race([sleep(load.warmMs), tally.failed]);
    tally.begin();
    await Promise.race([sleep(load.measureMs), tally.failed]);
    // On a busy computer a short time can pass without an answer, and would say nothing.
    await Promise.race([tally.answered, sleep(maxSilentMs, undefined, { ref: false }), tally.failed]);
    return tally.end();
  } finally {
    for (const asker of asking) asker.close();
  }
}

class Tally {
  readonly #load: Load;
  readonly #expected: ReadonlySet<number>;
  readonly #failed = Promise.withResolvers<never>();
  #answered = Promise.withResolvers<void>();
  #answers = 0;
  #waitedMs: number[] = [];
  #beganAt = 0;
  #cpuSecs: number | undefined;

  constructor(load: Load) {
    this.#load = load;
    this.#expected = new Set(load.expects);
    // Whoever waits hears of it; nobody waits between two measurements.
    this.failed.catch(() => undefined);
  }

  /** Rejects with the first answer that is wrong. */
  get failed(): Promise<never> {
    return this.#failed.promise;
  }

  /** Resolves with the first answer since the beginning. */
  get answered(): Promise<void> {
    return this.#answered.promise;
  }

  fail(why: string): void {
    this.#failed.reject(new Error(why));
  }

  begin(): void {
    this.#answers = 0;
    this.#answered = Promise.withResolvers<void>();
    this.#waitedMs = [];
    this.#beganAt = performance.now();
    this.#cpuSecs = usageOf(this.#load.pid)?.cpuSecs;
  }

  count(status: number, waitedMs: number): void {
    if (!this.#expected.has(status)) this.fail(`The server answered ${status}.`);
    this.#answers += 1;
    if (this.#answers === 1) this.#answered.resolve();
    if (this.#answers % sampleEvery === 0) this.#waitedMs.push(waitedMs);
  }

  get isToCheck(): boolean {
    return this.#load.names && this.#answers % checkEvery === 0;
  }

  end(): Sample {
    const secs = (performance.now() - this.#beganAt) / 1000;
    const cpuSecs = usageOf(this.#load.pid)?.cpuSecs;
    const worked = cpuSecs === undefined || this.#cpuSecs === undefined ? undefined : cpuSecs - this.#cpuSecs;
    const sorted = this.#waitedMs.toSorted((a, b) => a - b);
    const p99Ms = sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN;
    return {
      perSec: this.#answers / secs,
      serverBusy: worked && worked / secs,
      cpuMicros: worked && (worked / this.#answers) * 1e6,
      p50Ms: spreadOf(sorted).median,
      p99Ms,
    };
  }
}

class Asker {
  readonly #load: Load;
  readonly #tally: Tally;
  readonly #request: Request;
  readonly #socket: Socket;
  #index = 0;
  #askedAt = 0;
  #status = 0;

  private constructor(load: Load, tally: Tally) {
    this.#load = load;
    this.#tally = tally;
    this.#request = new Request(load.kind);
    const onread = {
      buffer: Buffer.alloc(16_384),
      callback: (bytes: number, buffer: Buffer) => this.#read(bytes, buffer),
    };
    this.#socket = connect({ port: load.port, host: '127.0.0.1', noDelay: true, onread });
  }

  static async open(load: Load, tally: Tally): Promise<Asker> {
    const asker = new Asker(load, tally);
    await once(asker.#socket, 'connect');
    asker.#socket.on('error', (error) => tally.fail(error.message));
    return asker;
  }

  ask(): void {
    this.#index = this.#load.next();
    this.#askedAt = performance.now();
    this.#socket.write(this.#request.aimAt(this.#index));
  }

  close(): void {
    this.#socket.destroy();
  }

  /** A replay ends with its headers, everything else with the end of a JSON object: so an answer in pieces is seen. */
  #read(bytes: number, buffer: Buffer): boolean {
    if (this.#status === 0) this.#status = Number(buffer.toString('latin1', 9, 12));
    if (buffer[bytes - 1] !== (this.#status === 200 ? 10 : 125)) return true;
    if (this.#tally.isToCheck) this.#check(buffer.toString('latin1', 0, bytes));
    this.#tally.count(this.#status, performance.now() - this.#askedAt);
    this.#status = 0;
    if (!this.#socket.destroyed) this.ask();
    return true;
  }

  #check(answer: string): void {
    if (this.#status !== 200 || answer.includes(`instance=${machineId(this.#index)};`)) return;
    this.#tally.fail(`Project ${this.#index} was answered with: ${answer}`);
  }
}

/** Numbers below the bound, evenly and the same in each run. */
export function anyOf(bound: number): () => number {
  let state = 0x2545f491;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % bound;
  };
}

/** All numbers below the bound in turn, again and again. */
export function allOf(bound: number): () => number {
  let last = -1;
  return () => {
    last = (last + 1) % bound;
    return last;
  };
}
