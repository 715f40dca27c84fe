import type { ProjectView } from './ports.js';

/** Where Fly's proxy is to deliver a request. */
export interface MachineAddress {
  /** Fly's id of the machine. */
  readonly flyId: string;
  /** The Fly app that it belongs to. */
  readonly app: string;
}

/** What a decision has to know of the request. */
export interface RequestFacts {
  /** It carries `fly-replay-failed`: a replay was tried, and Fly's proxy refuses a second one. Anyone can send that header. */
  readonly returned: boolean;
  /** The wake policy says that it only looks: it wakes nothing and counts as nobody's use. */
  readonly observer: boolean;
}

/** Of nearly every request. */
export const plainFacts: RequestFacts = { returned: false, observer: false };

/** What is to be done with a request, and why, as a sentence. */
export type Decision = Replayed | { readonly kind: Exclude<DecisionKind, 'replay'>; readonly reason: string };

interface Replayed {
  readonly kind: 'replay';
  readonly machine: MachineAddress;
  /** Whether this is use of the project, which keeps it awake. */
  readonly counts: boolean;
  readonly reason: string;
}

/** What can become of a request. docs/routing.md has them in a table, which a test holds to `decide`. */
export type DecisionKind =
  | 'replay'
  /** Wake it, wait until it is active, then replay. */
  | 'wake'
  /** Somebody is at work on it: wait, then replay. */
  | 'hold'
  /** A static answer, for whoever only looks. */
  | 'asleep'
  /** It came back from a machine: have that looked at, and repaired. The person waits at a page. */
  | 'observe'
  /** It came back, and the project has moved on since: have it woken if it sleeps. The person waits at a page. */
  | 'wait'
  | 'not_found'
  | 'lost';

/**
 * What becomes of a request. Pure: nothing is read, woken or sent.
 *
 * @param id of the project, for the reason
 * @param view the project as it was read; undefined for an id that was never given out
 * @param facts those of nearly every request if left out
 */
export function decide(
  id: string,
  view: Pick<ProjectView, 'state' | 'machine'> | undefined,
  facts: RequestFacts = plainFacts,
): Decision {
  if (view === undefined) return { kind: 'not_found', reason: `There is no project ${id}.` };
  switch (view.state) {
    case 'active':
      if (view.machine !== null) return onMachine(id, view.machine, facts);
      return notThere(facts, 'hold', `Project ${id} is active but has no machine at the moment.`);
    case 'dormant':
      return notThere(facts, 'wake', `Project ${id} is dormant.`);
    case 'creating':
      return notThere(facts, 'hold', `Project ${id} is being created.`);
    case 'archiving':
      return notThere(facts, 'hold', `Project ${id} is being archived, which a request cancels.`);
    case 'waking':
      return notThere(facts, 'hold', `Project ${id} is waking.`);
    case 'lost':
      return {
        kind: 'lost',
        reason: `Project ${id} has lost its machine and its volume; an operator must restore it.`,
      };
    case 'deleted':
      return { kind: 'not_found', reason: `Project ${id} was deleted.` };
  }
}

function onMachine(id: string, machine: MachineAddress, facts: RequestFacts): Decision {
  if (facts.returned) return { kind: 'observe', reason: `The machine of project ${id} did not take the request.` };
  const reason = `Project ${id} is active on ${machine.flyId}.`;
  return { kind: 'replay', machine, counts: !facts.observer, reason };
}

function notThere(facts: RequestFacts, otherwise: 'wake' | 'hold', reason: string): Decision {
  if (facts.observer) return { kind: 'asleep', reason };
  return { kind: facts.returned ? 'wait' : otherwise, reason };
}
