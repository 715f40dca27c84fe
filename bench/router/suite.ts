import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { usageOf } from '../cores.ts';
import { compare, type Row, type Side } from '../row.ts';
import type { Pace, Suite } from '../suite.ts';
import { keepChanging } from './changes.ts';
import { type BenchDatabases, startDatabases } from './database.ts';
import { allOf, anyOf, type Load, measure } from './load.ts';
import { type ServerProcess, startBaseline, startValet } from './servers.ts';

interface Size {
  readonly few: number;
  readonly many: number;
  readonly most: number;
  readonly rounds: number;
  readonly warmMs: number;
  readonly measureMs: number;
}

const whole: Size = { few: 1_000, many: 100_000, most: 1_000_000, rounds: 10, warmMs: 150, measureMs: 800 };
const tiny: Size = { few: 200, many: 200, most: 200, rounds: 1, warmMs: 50, measureMs: 100 };

export const router: Suite = {
  name: 'router',
  async *run(pace) {
    await using bench = await RouterBench.open(pace);
    yield* bench.rows();
  },
};

class RouterBench implements AsyncDisposable {
  readonly #pace: Pace;
  readonly #size: Size;
  readonly #databases: BenchDatabases;
  readonly #opened: AsyncDisposableStack;
  #first: ServerProcess | undefined;

  private constructor(pace: Pace, databases: BenchDatabases, opened: AsyncDisposableStack) {
    this.#pace = pace;
    this.#size = pace.quick ? tiny : whole;
    this.#databases = databases;
    this.#opened = opened;
  }

  static async open(pace: Pace): Promise<RouterBench> {
    const opened = new AsyncDisposableStack();
    pace.tell('starting PostgreSQL');
    return new RouterBench(pace, opened.use(await startDatabases()), opened);
  }

  async *rows(): AsyncIterable<Row> {
    const { few, many, most, rounds } = this.#size;
    const manyUrl = await this.#filled(many);
    const fewUrl = few === many ? manyUrl : await this.#filled(few);
    const wire = await this.#baseline('wire', '');
    const constant = await this.#baseline('constant', '');
    const map = await this.#baseline('map', '', many);
    const valet = await this.#valet('valet', manyUrl);
    const anyMany = (server: ServerProcess, name: string) => this.#side(name, server, { next: anyOf(many) });
    const warm = anyMany(valet, `valet, ${many} projects warm`);
    const bareMap = anyMany(map, 'bare node:http, Map look-up by host');
    const anything = { next: anyOf(many), names: false };
    // At once: what nobody asks for runs out after a minute.
    await this.#fill(valet, many);

    yield compare({ name: 'warm cache', subject: warm, baseline: bareMap, mark: 0.9 }, rounds);
    yield this.#flood(valet, warm);
    yield this.#changing(valet, manyUrl, warm);

    const bareConstant = this.#side('bare node:http, constant answer', constant, anything);
    yield compare(
      { name: 'ceiling of the generator', subject: this.#side('sockets alone', wire, anything), baseline: bareMap },
      rounds,
    );
    yield compare({ name: 'constant answer', subject: bareConstant, baseline: bareMap }, rounds);

    const mostUrl = most === many ? manyUrl : await this.#filled(most);
    const query = await this.#baseline('query', mostUrl);
    const turn = await this.#baseline('turn', mostUrl);
    const everyMost = allOf(most);
    const missing = await this.#valet('valet-missing', mostUrl, 100);
    const single = this.#side('Node.js, one query per request', query, { next: everyMost });
    const turns = this.#side('Node.js, one query per turn', turn, { next: everyMost });
    const misses = this.#side('valet, every request a miss', missing, { next: everyMost });
    yield compare({ name: 'one query per turn', subject: turns, baseline: single }, rounds);
    yield compare({ name: 'every request a miss', subject: misses, baseline: single, mark: 2 }, rounds);

    const small = await this.#valet('valet-few', fewUrl);
    const large = await this.#valet('valet-most', mostUrl);
    const ofFew = this.#side(`valet, ${few} projects`, small, { next: anyOf(few) });
    const ofMost = this.#side(`valet, ${few} in use of ${most} projects`, large, { next: anyOf(few) });
    yield compare({ name: 'a million projects', subject: ofMost, baseline: ofFew, mark: 0.9 }, rounds);
  }

  async #flood(valet: ServerProcess, warm: Side): Promise<Row> {
    const before = usageOf(valet.pid)?.rssBytes;
    const logged = await this.#loggedLines(valet);
    const flood = this.#side('valet, names that no project has', valet, {
      kind: 'unknown',
      next: allOf(100_000_000),
      expects: [404],
    });
    const row = await compare({ name: 'unknown names', subject: flood, baseline: warm, mark: 0.6 }, this.#size.rounds);
    const after = usageOf(valet.pid)?.rssBytes;
    const lines = (await this.#loggedLines(valet)) - logged;
    return {
      ...row,
      notes: [`memory ${megabytes(before)} before, ${megabytes(after)} after`, `${lines} lines logged`],
    };
  }

  async #changing(valet: ServerProcess, databaseUrl: string, warm: Side): Promise<Row> {
    const stalest: number[] = [];
    const subject: Side = {
      name: 'valet, 100 projects a second changing',
      measure: async () => {
        const stop = new AbortController();
        const changing = keepChanging(databaseUrl, valet.port, stop.signal);
        const sample = await this.#side('', valet, { next: anyOf(this.#size.many), expects: [200, 503] }).measure();
        stop.abort();
        stalest.push((await changing).stalestMs);
        return sample;
      },
    };
    const row = await compare({ name: 'changing state', subject, baseline: warm, mark: 0.8 }, this.#size.rounds);
    const worst = Math.max(...stalest);
    const notes = [`known ${Math.round(worst)} ms after the commit at the latest`];
    return { ...row, notes, faults: worst > 1_000 ? ['a route was stale for more than a second'] : [] };
  }

  /** Asks for every project until all are in the cache. */
  async #fill(valet: ServerProcess, projects: number): Promise<void> {
    this.#pace.tell('filling the cache');
    let left = projects;
    const every = allOf(projects);
    const next = () => {
      left -= 1;
      return every();
    };
    while (left > 0) await this.#side('', valet, { next }).measure();
  }

  async #filled(projects: number): Promise<string> {
    this.#pace.tell(`inserting ${projects} projects`);
    return this.#databases.filled(projects);
  }

  async #baseline(kind: string, databaseUrl: string, projects = 0): Promise<ServerProcess> {
    const { server: core } = this.#pace.cores;
    return this.#opened.use(await startBaseline(kind, { core, databaseUrl, projects }));
  }

  /** Where nothing is measured, one stands for all. */
  async #valet(name: string, databaseUrl: string, cacheEntries?: number): Promise<ServerProcess> {
    if (this.#pace.quick && this.#first !== undefined) return this.#first;
    const { server: core } = this.#pace.cores;
    const logFile = join(this.#databases.dir, `${name}.log`);
    const options = { core, databaseUrl, logFile, ...(cacheEntries !== undefined && { cacheEntries }) };
    this.#first = await startValet(name, options);
    return this.#opened.use(this.#first);
  }

  #side(name: string, { port, pid }: ServerProcess, load: Pick<Load, 'next'> & Partial<Load>): Side {
    const { warmMs, measureMs } = this.#size;
    return {
      name,
      measure: () => measure({ port, pid, kind: 'known', names: true, expects: [200], warmMs, measureMs, ...load }),
    };
  }

  async #loggedLines({ name }: ServerProcess): Promise<number> {
    return (await readFile(join(this.#databases.dir, `${name}.log`), 'utf8')).split('\n').length - 1;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#opened.disposeAsync().then(() => undefined);
  }
}

function megabytes(bytes: number | undefined): string {
  return bytes === undefined ? 'unknown' : `${Math.round(bytes / 1_000_000)} MB`;
}
