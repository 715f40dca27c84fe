import type { ProjectFacts } from '../../database/explaining.js';
import type { PassingState } from '../../lifecycle/states.js';
import { at, relative, type Told } from './told.js';

const doing: Readonly<Record<PassingState, string>> = {
  creating: 'It is being created',
  archiving: 'It is being archived',
  waking: 'It is being woken',
};

const otherwise: Readonly<Record<PassingState, string>> = {
  creating: 'the creation is rolled back',
  archiving: 'the archive is cancelled and the project serves again',
  waking: 'it goes back to where it came from',
};

export function explainPassing(facts: ProjectFacts, state: PassingState): Told {
  const { now, transition_began_at, transition_deadline, transition_owner } = facts;
  const began = transition_began_at === null ? '' : `, begun ${relative(transition_began_at, now)}`;
  const reasons = [`Instance ${transition_owner ?? 'unknown'} is at work on it.`];
  if (facts.wake_requested) reasons.unshift('Somebody wants it: the archive will be cancelled.');
  if (transition_deadline !== null && transition_deadline < now) {
    reasons.unshift('That instance has fallen silent: another takes over within seconds.');
  }
  return {
    summary: `${doing[state]}${began}.`,
    reasons,
    next: `Requests wait for it. Should its instance die, ${otherwise[state]}.`,
  };
}

export function explainDeleted({ deleted_at, now, archives }: ProjectFacts): Told {
  return {
    summary: deleted_at === null ? 'It was deleted.' : `It was deleted ${relative(deleted_at, now)}.`,
    reasons: deleted_at === null ? [] : [`An operator deleted it at ${at(deleted_at)}.`],
    next:
      archives > 0
        ? `Its archives (${archives}) can be read until they are deleted too. Its id is not given out again.`
        : 'Nothing of it is left but its id, which is not given out again.',
  };
}
