import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type ProjectState, passingStates, projectStates } from '../../../src/sdk/lifecycle/states.js';
import { type LifecycleEvent, nextState, statesBefore, transitions } from '../../../src/sdk/lifecycle/transitions.js';

const events = [...new Set(transitions.map((transition) => transition.event))];

function reachableFrom(start: ProjectState): Set<ProjectState | null> {
  const reached = new Set<ProjectState | null>([start]);
  for (const state of reached) {
    for (const { from, to } of transitions) if (from === state) reached.add(to);
  }
  return reached;
}

it('every state can be reached from the beginning', () => {
  const reached = reachableFrom('creating');
  expect(projectStates.filter((state) => !reached.has(state))).toEqual([]);
});

it.each(passingStates)('G7: %s ends by itself: in rest or in nothing', (state) => {
  const passing: readonly (ProjectState | null)[] = passingStates;
  const exits = transitions.filter(
    ({ from, event, to }) => from === state && event !== 'delete' && !passing.includes(to),
  );
  expect(exits).not.toEqual([]);
});

it('nothing leads out of deleted, and every other state leads there', () => {
  const left: ProjectState[] = transitions.map(({ from }) => from);
  expect(left).not.toContain('deleted');
  const deletable = statesBefore('delete');
  expect(projectStates.filter((state) => !deletable.includes(state))).toEqual(['deleted']);
});

it('one event leads from one state to one other', () => {
  const pairs = transitions.map(({ from, event }) => `${from} ${event}`);
  expect(new Set(pairs).size).toBe(pairs.length);
});

it('what is not in the table is refused with both names', () => {
  const refused = projectStates.flatMap((from) =>
    events.filter((event) => !statesBefore(event).includes(from)).map((event) => ({ from, event })),
  );
  expect(refused.length).toBeGreaterThan(50);
  for (const { from, event } of refused) {
    expect(() => nextState(from, event)).toThrow(
      expect.objectContaining({
        code: 'transition_refused',
        message: expect.stringMatching(new RegExp(`${from} .*${event.replaceAll('_', ' ')}`)),
        details: { from, event },
      }),
    );
  }
});

it('the only way to sleep is a committed archive, and the only ways out of it are a wake and an undo', () => {
  expect(transitions.filter(({ to }) => to === 'dormant').map(({ event }) => event)).toEqual([
    'commit_archive',
    'put_back_dormant',
  ]);
  expect(transitions.filter(({ from }) => from === 'dormant').map(({ event }) => event)).toEqual([
    'begin_wake',
    'begin_undo',
    'delete',
  ]);
});

it('no sequence of events leaves the table', () => {
  const journey = fc.array(fc.constantFrom(...events), { maxLength: 60 });
  fc.assert(
    fc.property(journey, (happenings) => {
      let state: ProjectState | null = 'creating';
      for (const event of happenings) {
        if (state === null) return;
        const before: ProjectState = state;
        state = tried(before, event);
        if (state !== null) expect(projectStates).toContain(state);
      }
    }),
  );
});

/** What is refused leaves the state as it was. */
function tried(state: ProjectState, event: LifecycleEvent): ProjectState | null {
  try {
    return nextState(state, event);
  } catch {
    return state;
  }
}
