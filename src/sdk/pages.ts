import { ValetError } from './errors.js';
import type { Archive, Machine, Project, ProjectEvent } from './resources.js';
import type {
  AllMachines,
  AllOptions,
  AllProjects,
  ArchiveCalls,
  CallOptions,
  MachineCalls,
  ProjectCalls,
} from './valet.js';

const defaultPageSize = 100;

interface Page {
  readonly next_cursor: string | null;
}

interface PageWish {
  readonly limit: number;
  readonly cursor?: string;
}

/**
 * What is on one page after the other. A page is asked for when its first item is wanted, so no more than one is held,
 * and whoever leaves the loop has asked for nothing beyond it.
 *
 * @throws what asking for a page throws; the signal's reason before the next item
 */
async function* pageByPage<Answer extends Page, Item>(
  ask: (wish: PageWish, call: CallOptions) => Promise<Answer>,
  itemsOf: (page: Answer) => readonly Item[],
  { signal, pageSize = defaultPageSize }: AllOptions,
): AsyncGenerator<Item, void, undefined> {
  const call = signal === undefined ? {} : { signal };
  let cursor: string | undefined;
  do {
    const page = await ask({ limit: pageSize, ...(cursor !== undefined && { cursor }) }, call);
    for (const item of itemsOf(page)) {
      signal?.throwIfAborted();
      yield item;
    }
    if (page.next_cursor === cursor) throw standsStill(cursor);
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
}

/** A list that leads back to the page that was just read would never end. */
function standsStill(cursor: string | undefined): ValetError {
  return new ValetError('internal', `The page after cursor ${JSON.stringify(cursor)} leads to itself.`);
}

export function allProjects(
  calls: Pick<ProjectCalls, 'list'>,
  filter: AllProjects = {},
  options: AllOptions = {},
): AsyncGenerator<Project, void, undefined> {
  return pageByPage(
    (page, call) => calls.list({ ...filter, ...page }, call),
    ({ projects }) => projects,
    options,
  );
}

export function allEvents(
  calls: Pick<ProjectCalls, 'events'>,
  id: string,
  options: AllOptions = {},
): AsyncGenerator<ProjectEvent, void, undefined> {
  return pageByPage(
    (page, call) => calls.events(id, page, call),
    ({ events }) => events,
    options,
  );
}

export function allMachines(
  calls: Pick<MachineCalls, 'list'>,
  filter: AllMachines = {},
  options: AllOptions = {},
): AsyncGenerator<Machine, void, undefined> {
  return pageByPage(
    (page, call) => calls.list({ ...filter, ...page }, call),
    ({ machines }) => machines,
    options,
  );
}

export function allArchives(
  calls: Pick<ArchiveCalls, 'list'>,
  projectId: string,
  options: AllOptions = {},
): AsyncGenerator<Archive, void, undefined> {
  return pageByPage(
    (page, call) => calls.list(projectId, page, call),
    ({ archives }) => archives,
    options,
  );
}
