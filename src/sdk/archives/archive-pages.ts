import type { ArchiveCalls, ProjectCalls } from '../valet.js';

/** The calls that it is made of; it cannot tell which Valet they are of. */
export interface VerifyCalls {
  readonly projects: Pick<ProjectCalls, 'list'>;
  readonly archives: Pick<ArchiveCalls, 'list' | 'verify'>;
}

export interface FoundArchive {
  readonly id: string;
  readonly project_id: string;
}

export interface ArchiveScope {
  /** All archives of this one; undefined: the current archive of every project. */
  readonly project: string | undefined;
  /** At most so many archives. */
  readonly limit: number;
  readonly cursor: string | undefined;
}

interface Page {
  readonly archives: readonly FoundArchive[];
  /** Where the next page begins; null after the last. */
  readonly next: string | null;
}

const maxPageSize = 100;

/** Page by page, the next when it is asked for. Pages are as small as is left of the limit, so that none is cut. */
export async function* archivePages(
  calls: VerifyCalls,
  { project, limit, cursor }: ArchiveScope,
  signal: AbortSignal,
): AsyncGenerator<Page, void, undefined> {
  let left = limit;
  let next: string | null | undefined = cursor;
  do {
    const filter: Filter = { limit: Math.min(maxPageSize, left), ...(next && { cursor: next }) };
    const page: Page = await (project === undefined
      ? currentOfAll(calls, filter, signal)
      : allOfOne(calls, project, filter, signal));
    left -= page.archives.length;
    next = page.next;
    yield page;
  } while (next !== null && left > 0);
}

type Filter = { readonly limit: number; readonly cursor?: string };

async function currentOfAll({ projects }: VerifyCalls, filter: Filter, signal: AbortSignal): Promise<Page> {
  const page = await projects.list(filter, { signal });
  const archives = page.projects.flatMap(({ id, archive }) => (archive ? [{ id: archive.id, project_id: id }] : []));
  return { archives, next: page.next_cursor };
}

async function allOfOne(calls: VerifyCalls, project: string, filter: Filter, signal: AbortSignal): Promise<Page> {
  const { archives, next_cursor } = await calls.archives.list(project, filter, { signal });
  return { archives: archives.map(({ id, project_id }) => ({ id, project_id })), next: next_cursor };
}
