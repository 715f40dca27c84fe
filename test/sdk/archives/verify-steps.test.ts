import { describe, expect, it } from 'vitest';
import { createClient } from '../../../src/sdk/client.js';
import { ValetError } from '../../../src/sdk/errors.js';
import type { ListProjects, VerifyArchives } from '../../../src/sdk/resources.js';
import type { VerifyStep } from '../../../src/sdk/steps.js';
import type { ArchiveCalls } from '../../../src/sdk/valet.js';
import { FakeValet, sampleArchive, sampleProject, sampleProof } from '../../support/fake-valet.js';
import { eventually } from '../../support/rows.js';
import { operatorSecret, startTestServer, TestServing } from '../../support/server.js';

const broken = new ValetError('store_failed', 'R2 did not answer.');

/** So many projects, every third without an archive; archive a2 cannot be read, and a4 is not what it should be. */
class Ground {
  readonly begun: string[] = [];
  readonly pages: ListProjects[] = [];
  gate: Promise<void> = Promise.resolve();
  running = 0;
  most = 0;
  readonly serving: TestServing;

  constructor(count: number) {
    const ids = Array.from({ length: count }, (_, index) => `p${index + 1}`);
    const list = async (filter: ListProjects = {}) => {
      this.pages.push(filter);
      const from = filter.cursor === undefined ? 0 : ids.indexOf(filter.cursor) + 1;
      const page = ids.slice(from, from + Number(filter.limit));
      return { projects: page.map(projectOf), next_cursor: page.at(-1) === ids.at(-1) ? null : (page.at(-1) ?? null) };
    };
    const archives = [sampleArchive({ id: 'newer' }), sampleArchive({ id: 'older' })];
    const listOne = async () => ({ current: 'newer', archives, next_cursor: null });
    const verify = (id: string) => this.#verify(id);
    this.serving = new TestServing({ projects: { list }, archives: { list: listOne, verify } });
  }

  async #verify(id: string) {
    this.begun.push(id);
    this.running += 1;
    this.most = Math.max(this.most, this.running);
    await this.gate;
    this.running -= 1;
    if (id === 'a2') throw broken;
    return sampleProof({ archive_id: id, ...(id === 'a4' && { proven: false, finding: 'it is shorter' }) });
  }
}

function projectOf(id: string) {
  const number = Number(id.slice(1));
  const archive = number % 3 === 0 ? null : sampleArchive({ id: `a${number}`, project_id: id });
  return sampleProject({ id, archive });
}

interface Transport extends AsyncDisposable {
  readonly archives: ArchiveCalls;
}

async function directly({ serving }: Ground): Promise<Transport> {
  return new FakeValet({ archives: serving.valet.archives });
}

async function overHttp({ serving }: Ground): Promise<Transport> {
  const bench = await startTestServer(serving);
  const client = createClient({ url: `http://127.0.0.1:${bench.port}`, secret: operatorSecret });
  return {
    archives: client.archives,
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]();
      await bench[Symbol.asyncDispose]();
    },
  };
}

async function all(steps: AsyncIterable<VerifyStep>): Promise<VerifyStep[]> {
  const told: VerifyStep[] = [];
  for await (const step of steps) told.push(step);
  return told;
}

describe.each([
  ['directly', directly],
  ['over HTTP', overHttp],
])('archives that are verified %s', (_how, transport) => {
  it('are the current ones of all projects, each told with what was found, the unreadable ones too', async () => {
    await using way = await transport(new Ground(5));
    const steps = await all(way.archives.verifySteps({ concurrency: 1 }));
    const took_secs = expect.any(Number);
    const proven = { kind: 'archive', outcome: 'proven', took_secs, code: null, reason: null };
    expect(steps).toEqual([
      { kind: 'planned', total: 4 },
      { ...proven, id: 'a1', project_id: 'p1' },
      { ...proven, outcome: 'failed', id: 'a2', project_id: 'p2', code: broken.code, reason: broken.message },
      {
        ...proven,
        outcome: 'unproven',
        id: 'a4',
        project_id: 'p4',
        code: 'archive_unproven',
        reason: 'it is shorter',
      },
      { ...proven, id: 'a5', project_id: 'p5' },
      {
        kind: 'done',
        result: {
          proofs: ['a1', 'a4', 'a5'].map((archive_id) => expect.objectContaining({ archive_id })),
          failed: [{ id: 'a2', project_id: 'p2', code: broken.code, reason: broken.message }],
          next_cursor: null,
        },
      },
    ]);
  });

  it('are all those of one project where it is named', async () => {
    await using way = await transport(new Ground(5));
    const steps = await all(way.archives.verifySteps({ project: 'demo' }));
    expect(steps.flatMap((step) => (step.kind === 'archive' ? [step.id] : [])).toSorted()).toEqual(['newer', 'older']);
  });

  it('are listed in pages, never more than the limit, and the rest follows from where it left off', async () => {
    const ground = new Ground(300);
    await using way = await transport(ground);
    const verified: string[] = [];
    let options: VerifyArchives = { limit: 90 };
    for (let run = 0; run < 2; run += 1) {
      const told = await all(way.archives.verifySteps(options));
      const ids = told.flatMap((step) => (step.kind === 'archive' ? [step.id] : []));
      expect(ids.length).toBeLessThanOrEqual(90);
      verified.push(...ids);
      const last = told.at(-1);
      const next = last?.kind === 'done' ? last.result.next_cursor : null;
      expect(next).not.toBeNull();
      options = { ...options, cursor: next ?? '' };
    }
    expect(new Set(verified).size).toBe(180);
    for (const { limit } of ground.pages) expect(Number(limit)).toBeLessThanOrEqual(100);
  });

  it('are so many at a time as is asked for, and two if nothing is said', async () => {
    for (const [options, most] of [
      [{}, 2],
      [{ concurrency: 4 }, 4],
    ] as const) {
      const ground = new Ground(20);
      const gate = Promise.withResolvers<void>();
      ground.gate = gate.promise;
      await using way = await transport(ground);
      const following = all(way.archives.verifySteps(options));
      await eventually('so many are under way', () => ground.running === most);
      gate.resolve();
      await following;
      expect(ground.most).toBe(most);
    }
  });

  it('are left at once by who gives up, and no more are begun', async () => {
    const ground = new Ground(20);
    const gate = Promise.withResolvers<void>();
    ground.gate = gate.promise;
    await using way = await transport(ground);
    const stop = new AbortController();
    const following = all(way.archives.verifySteps({}, { signal: stop.signal }));
    await eventually('two are under way', () => ground.running === 2);
    stop.abort(new Error('enough'));
    await expect(following).rejects.toThrow('enough');
    gate.resolve();
    await eventually('what was under way is over', () => ground.running === 0);
    expect(ground.begun).toHaveLength(2);
  });

  it('are refused with options that are none, before anything is asked', async () => {
    const ground = new Ground(5);
    await using way = await transport(ground);
    for (const options of [{ limit: 0 }, { concurrency: 9 }])
      await expect(all(way.archives.verifySteps(options))).rejects.toMatchObject({ code: 'request_invalid' });
    expect(ground.pages).toEqual([]);
  });
});
