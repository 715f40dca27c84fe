import { describe, expect, it } from 'vitest';
import { parseProjectId } from '../../../src/sdk/projects/project-id.js';
import { RoutingCounts } from '../../../src/sdk/routing/counts.js';
import { ReadBatch, type ReadBatchParts } from '../../../src/sdk/routing/read-batch.js';
import { TestRoutes, until, viewOf } from '../../support/routing.js';

const ids = ['one', 'two', 'three', 'four', 'five'].map(parseProjectId);

function bench(limits: Partial<ReadBatchParts> = {}) {
  const source = new TestRoutes(...ids.map((id) => viewOf(id)));
  const counts = new RoutingCounts();
  const batch = new ReadBatch({ source, counts, maxIds: 100, maxStatements: 2, maxWaiting: 100, ...limits });
  return { source, counts, batch };
}

describe('ReadBatch', () => {
  it('reads with one statement what is asked in one turn of the event loop, and gives each its own row', async () => {
    const { batch, source, counts } = bench();
    const views = await Promise.all([...ids, parseProjectId('nobody')].map((id) => batch.read(id)));
    expect(views.map((view) => view?.id)).toEqual([...ids, undefined]);
    expect(source.statements).toEqual([6]);
    expect(counts.reads).toEqual({ statements: 1, ids: 6 });
  });

  it('puts no more ids into a statement than its bound', async () => {
    const { batch, source } = bench({ maxIds: 2 });
    await Promise.all(ids.map((id) => batch.read(id)));
    expect(source.statements).toEqual([2, 2, 1]);
  });

  it('has no more statements under way than its bound: what comes meanwhile goes together with the next', async () => {
    const { batch, source } = bench({ maxStatements: 1 });
    const gate = Promise.withResolvers<void>();
    source.gate = gate.promise;
    const first = batch.read(parseProjectId('one'));
    await until('the first statement', () => source.statements.length === 1);
    const rest = ids.slice(1).map((id) => batch.read(id));
    await new Promise((resolve) => setImmediate(resolve));
    expect(source.statements).toEqual([1]);
    gate.resolve();
    await Promise.all([first, ...rest]);
    expect(source.statements).toEqual([1, 4]);
  });

  it('tells all whose ids were in a statement that it failed, and goes on', async () => {
    const { batch, source } = bench();
    source.away = true;
    const failed = await Promise.allSettled(ids.map((id) => batch.read(id)));
    expect(failed.map(({ status }) => status)).toEqual(ids.map(() => 'rejected'));
    source.away = false;
    expect((await batch.read(parseProjectId('one')))?.id).toBe('one');
  });

  it('refuses what would wait beyond its bound', async () => {
    const { batch } = bench({ maxWaiting: 1 });
    const first = batch.read(parseProjectId('one'));
    expect(() => batch.read(parseProjectId('two'))).toThrow(expect.objectContaining({ code: 'overloaded' }));
    await first;
  });
});
