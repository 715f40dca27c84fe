import type { ValetCalls } from '../../sdk/valet.js';
import { compact } from '../compact.js';
import type { Action, ListWish, Want } from './model.js';

type Readable = Pick<ValetCalls, 'projects' | 'archives'>;

const maxArchives = 5;
const maxEvents = 50;

/** Reads what is wanted, and says what there is to make of it. */
export async function read(valet: Readable, want: Want, signal: AbortSignal): Promise<Action> {
  return want.kind === 'list' ? readList(valet, want.wish, signal) : readProject(valet, want.id, signal);
}

async function readList({ projects }: Readable, wish: ListWish, signal: AbortSignal): Promise<Action> {
  const { state, prefix, cursor, limit } = wish;
  const filter = compact({
    limit,
    state: state ?? undefined,
    prefix: prefix === '' ? undefined : prefix,
    cursor: cursor ?? undefined,
  });
  return { kind: 'listed', wish, answer: await projects.list(filter, { signal }) };
}

async function readProject({ projects, archives }: Readable, id: string, signal: AbortSignal): Promise<Action> {
  const [project, explanation, archived, events] = await Promise.all([
    projects.get(id, { signal }),
    projects.explain(id, { signal }),
    archives.list(id, { limit: maxArchives }, { signal }),
    projects.events(id, { limit: maxEvents }, { signal }),
  ]);
  return { kind: 'opened', details: { project, explanation, archives: archived, events } };
}
