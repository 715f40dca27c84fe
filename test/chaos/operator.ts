import type { ValetCalls } from '../../src/sdk/valet.js';
import type { Action } from './actions.js';
import type { Promises } from './promises.js';

/** What an operator asks for. */
export type Operation = Extract<
  Action,
  { readonly do: 'wake' | 'archive' | 'undo' | 'delete' | 'restore' | 'hold' | 'pool' }
>;

export async function operate(valet: ValetCalls, promises: Promises, action: Operation): Promise<unknown> {
  const { projects, pool } = valet;
  switch (action.do) {
    case 'wake':
    case 'archive':
    case 'undo':
      return projects[action.do](action.project);
    case 'restore':
      return restore(valet, action);
    case 'delete':
      promises.deletionAsked.add(action.project);
      await projects.delete(action.project);
      return promises.deleted.add(action.project);
    case 'hold':
      return projects.hold(action.project, { for_secs: action.forSecs });
    case 'pool':
      return pool[action.what]();
  }
}

async function restore(
  { projects, archives }: ValetCalls,
  { project, from }: Extract<Action, { do: 'restore' }>,
): Promise<unknown> {
  if (from === 'current') return projects.restore(project);
  const oldest = (await archives.list(project)).archives.at(-1);
  return projects.restore(project, oldest ? { archive_id: oldest.id } : {});
}
