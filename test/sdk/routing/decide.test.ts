import { describe, expect, it } from 'vitest';
import { type ProjectState, projectStates } from '../../../src/sdk/lifecycle/states.js';
import { decide, destinationOf } from '../../../src/sdk/routing/decide.js';
import type { ProjectView } from '../../../src/sdk/routing/ports.js';
import { replayHeader } from '../../../src/sdk/routing/replay-header.js';
import { demo, viewOf } from '../../support/routing.js';

const table: Record<ProjectState | 'unknown', { readonly first: string; readonly returned: string }> = {
  active: { first: 'replay', returned: 'returned' },
  creating: { first: 'hold', returned: 'returned' },
  archiving: { first: 'hold', returned: 'returned' },
  waking: { first: 'hold', returned: 'returned' },
  dormant: { first: 'wake', returned: 'returned' },
  lost: { first: 'lost', returned: 'lost' },
  deleted: { first: 'not_found', returned: 'not_found' },
  unknown: { first: 'not_found', returned: 'not_found' },
};

function decided(view: ProjectView | undefined, returned: boolean) {
  return decide(destinationOf(demo, view), demo, { returned });
}

describe('decide', () => {
  it.each(projectStates)('sends a request for a project that is %s where the table says', (state) => {
    expect(decided(viewOf('demo', state), false).kind).toBe(table[state].first);
    expect(decided(viewOf('demo', state), true).kind).toBe(table[state].returned);
  });

  it('finds nothing under an id that was never given out', () => {
    expect(decided(undefined, false).kind).toBe(table.unknown.first);
    expect(decided(undefined, true).kind).toBe(table.unknown.returned);
  });

  it('holds for an active project that has no machine at the moment', () => {
    expect(decided(viewOf('demo', 'active', { machine: null }), false).kind).toBe('hold');
  });

  it('gives a reason that names the project, for every decision', () => {
    for (const view of [undefined, ...projectStates.map((state) => viewOf('demo', state))]) {
      for (const returned of [false, true]) expect(decided(view, returned).reason).toMatch(/\bdemo\b.*\.$/);
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
