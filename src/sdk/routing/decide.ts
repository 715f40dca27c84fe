import type { ProjectId } from '../projects/project-id.js';
import type { ProjectView } from './ports.js';

export interface MachineAddress {
  readonly flyId: string;
  readonly app: string;
}

/** Where a project's requests go. `wake` and `hold` both wait; only `wake` has a sleeper to rouse. */
export type Destination =
  | { readonly kind: 'replay'; readonly machine: MachineAddress; readonly reason: string }
  | { readonly kind: 'wake' | 'hold' | 'not_found' | 'lost'; readonly reason: string };

/** `returned`: the replay was tried and came back, and a second one would be refused by Fly's proxy. */
export type Decision = Destination | { readonly kind: 'returned'; readonly reason: string };

export interface RequestFacts {
  /** It carries `fly-replay-failed`. Anyone can send that header, so it may cost us nothing but this answer. */
  readonly returned: boolean;
}

export function decide(destination: Destination, id: ProjectId, facts: RequestFacts): Decision {
  if (!facts.returned || destination.kind === 'not_found' || destination.kind === 'lost') return destination;
  return {
    kind: 'returned',
    reason: `The machine of project ${id} did not take the request.`,
  };
}

/** Undefined is an id that was never given out. */
export function destinationOf(id: ProjectId, view: ProjectView | undefined): Destination {
  if (view === undefined) return { kind: 'not_found', reason: `There is no project ${id}.` };
  switch (view.state) {
    case 'active':
      return view.machine === null
        ? { kind: 'hold', reason: `Project ${id} is active but has no machine at the moment.` }
        : { kind: 'replay', machine: view.machine, reason: `Project ${id} is active on ${view.machine.flyId}.` };
    case 'dormant':
      return { kind: 'wake', reason: `Project ${id} is dormant: its first request wakes it.` };
    case 'creating':
      return { kind: 'hold', reason: `Project ${id} is being created.` };
    case 'archiving':
      return { kind: 'hold', reason: `Project ${id} is being archived: a request cancels that or wakes it again.` };
    case 'waking':
      return { kind: 'hold', reason: `Project ${id} is waking.` };
    case 'lost':
      return {
        kind: 'lost',
        reason: `Project ${id} has lost its machine and its volume; an operator must restore it.`,
      };
    case 'deleted':
      return { kind: 'not_found', reason: `Project ${id} was deleted.` };
  }
}
