import { describe, expect, it } from 'vitest';
import { type ProjectState, projectStates } from '../../../src/sdk/lifecycle/states.js';
import { type DecisionKind, decide, plainFacts } from '../../../src/sdk/routing/decide.js';
import type { ProjectView } from '../../../src/sdk/routing/ports.js';
import { replayHeader } from '../../../src/sdk/routing/replay-header.js';
import { demo, viewOf } from '../../support/routing.js';

type Row = readonly [plain: DecisionKind, observer: DecisionKind, returned: DecisionKind, both: DecisionKind];

const table: Record<ProjectState, Row> = {
  active: ['replay', 'replay', 'observe', 'observe'],
  creating: ['hold', 'asleep', 'wait', 'asleep'],
  archiving: ['hold', 'asleep', 'wait', 'asleep'],
  waking: ['hold', 'asleep', 'wait', 'asleep'],
  dormant: ['wake', 'asleep', 'wait', 'asleep'],
  lost: ['lost', 'lost', 'lost', 'lost'],
  deleted: ['not_found', 'not_found', 'not_found', 'not_found'],
};
const allFacts = [
  plainFacts,
  { returned: false, observer: true },
  { returned: true, observer: false },
  { returned: true, observer: true },
];
const kindsFor = (view: ProjectView | undefined) => allFacts.map((facts) => decide(demo, view, facts).kind);

describe('decide', () => {
  it.each(projectStates)('sends requests for a project that is %s where the table says', (state) => {
    expect(kindsFor(viewOf('demo', state))).toEqual(table[state]);
  });

  it('finds nothing under an id that was never given out', () => {
    expect(kindsFor(undefined)).toEqual(table.deleted);
  });

  it('takes an active project that has no machine at the moment for one that is waking', () => {
    expect(kindsFor(viewOf('demo', 'active', { machine: null }))).toEqual(table.waking);
  });

  it('G11: counts a replay as use, unless the request only looks', () => {
    const counts = (observer: boolean) => decide(demo, viewOf('demo'), { returned: false, observer });
    expect(counts(false)).toMatchObject({ kind: 'replay', counts: true });
    expect(counts(true)).toMatchObject({ kind: 'replay', counts: false });
  });

  it('gives a reason that names the project, for every decision', () => {
    for (const view of [undefined, ...projectStates.map((state) => viewOf('demo', state))]) {
      for (const facts of allFacts) expect(decide(demo, view, facts).reason).toMatch(/\bdemo\b.*\.$/);
    }
  });
});

describe('replayHeader', () => {
  const machine = { flyId: '148e4d7dc14e89', app: 'valet-projects' };

  it('has a dead target come back to us after the timeout', () => {
    const header = replayHeader(machine, { timeoutSecs: 10 });
    expect(header).toBe('instance=148e4d7dc14e89;app=valet-projects;timeout=10s;fallback=prefer_self');
  });

  it('is bare with a timeout of 0', () => {
    expect(replayHeader(machine, { timeoutSecs: 0 })).toBe('instance=148e4d7dc14e89;app=valet-projects');
  });
});
