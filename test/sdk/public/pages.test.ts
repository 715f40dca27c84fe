import { describe, expect, it } from 'vitest';
import { createClient } from '../../../src/sdk/client.js';
import { allProjects } from '../../../src/sdk/pages.js';
import type { ListProjects, ProjectPage } from '../../../src/sdk/resources.js';
import { sampleProject } from '../../support/fake-valet.js';
import { operatorSecret, startTestServer, TestServing } from '../../support/server.js';

/** So many projects, in pages as they are asked for. */
function listOf(count: number) {
  const asked: ListProjects[] = [];
  const list = async (filter: ListProjects = {}): Promise<ProjectPage> => {
    asked.push(filter);
    const { limit = 50, cursor } = filter;
    const from = cursor === undefined ? 0 : Number(cursor.slice(1)) + 1;
    const ids = Array.from({ length: Math.min(limit, count - from) }, (_, at) => `p${from + at}`);
    const last = ids.at(-1);
    const next_cursor = from + ids.length < count && last !== undefined ? last : null;
    return { projects: ids.map((id) => sampleProject({ id })), next_cursor };
  };
  return { list, asked };
}

async function idsOf(projects: AsyncIterable<{ readonly id: string }>): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id } of projects) ids.push(id);
  return ids;
}

describe('walking a list', () => {
  it('gives each item once, in the order of the pages, with the filter in each question', async () => {
    const pages = listOf(5);
    expect(await idsOf(allProjects(pages, { state: 'dormant' }, { pageSize: 2 }))).toEqual([
      'p0',
      'p1',
      'p2',
      'p3',
      'p4',
    ]);
    const limit = 2;
    expect(pages.asked).toEqual([
      { state: 'dormant', limit },
      { state: 'dormant', limit, cursor: 'p1' },
      { state: 'dormant', limit, cursor: 'p3' },
    ]);
  });

  it('asks for nothing before its first item is wanted, nor after the loop was left', async () => {
    const pages = listOf(1_000);
    const walk = allProjects(pages);
    expect(pages.asked).toEqual([]);
    for await (const { id } of walk) if (id === 'p100') break;
    expect(pages.asked).toEqual([{ limit: 100 }, { limit: 100, cursor: 'p99' }]);
  });

  it('ends with the reason of an abort at the next item, and asks for no more', async () => {
    const pages = listOf(1_000);
    const caller = new AbortController();
    const walking = (async () => {
      for await (const { id } of allProjects(pages, {}, { signal: caller.signal })) {
        if (id === 'p3') caller.abort(new Error('enough'));
        expect(id).not.toBe('p4');
      }
    })();
    await expect(walking).rejects.toThrow('enough');
    expect(pages.asked).toHaveLength(1);
  });

  it('ends with an error where a page leads to itself, instead of never', async () => {
    const projects = [sampleProject()];
    const list = async () => ({ projects, next_cursor: 'demo' });
    await expect(idsOf(allProjects({ list }))).rejects.toMatchObject({ code: 'internal' });
  });

  it('is the same over HTTP, for every list', async () => {
    const { list } = listOf(3);
    const page = { events: [], archives: [], machines: [], next_cursor: null };
    const answers = {
      projects: { list, events: async () => page },
      archives: { list: async () => ({ ...page, current: null }) },
      machines: { list: async () => page },
    };
    await using bench = await startTestServer(new TestServing(answers));
    await using valet = createClient({ url: `http://127.0.0.1:${bench.port}`, secret: operatorSecret });
    expect(await idsOf(valet.projects.all({}, { pageSize: 1 }))).toEqual(['p0', 'p1', 'p2']);
    for (const walk of [valet.projects.allEvents('demo'), valet.archives.all('demo'), valet.machines.all()]) {
      for await (const item of walk) expect(item).toBeUndefined();
    }
    const refused = idsOf(valet.projects.all({}, { pageSize: 501 }));
    await expect(refused).rejects.toMatchObject({ code: 'request_invalid' });
  });
});
