import type { ProjectFacts } from '../database/explaining.js';
import type { Explanation } from '../resources.js';
import { explainActive, sweepableAt } from './explain/active.js';
import { explainAsleep, explainLost } from './explain/asleep.js';
import { explainDeleted, explainPassing } from './explain/passing.js';
import type { Told } from './explain/told.js';

/** Why a project is as it is and what comes next, from one look at it. */
export function explain(facts: ProjectFacts, thresholdSecs: number): Explanation {
  const suspended = facts.state === 'active' && facts.fly_state === 'suspended';
  const earliest = facts.state === 'active' ? sweepableAt(facts, thresholdSecs) : null;
  return {
    project_id: facts.id,
    state: suspended ? 'suspended' : facts.state,
    ...told(facts, thresholdSecs),
    archived_at_earliest: earliest?.toISOString() ?? null,
  };
}

function told(facts: ProjectFacts, thresholdSecs: number): Told {
  switch (facts.state) {
    case 'active':
      return explainActive(facts, thresholdSecs);
    case 'dormant':
      return explainAsleep(facts);
    case 'lost':
      return explainLost(facts);
    case 'deleted':
      return explainDeleted(facts);
    case 'creating':
    case 'archiving':
    case 'waking':
      return explainPassing(facts, facts.state);
  }
}
