import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { admit, type Call } from '../../../src/local/project-server/admit.js';
import { blankState, type KeptState } from '../../../src/local/project-server/kept-state.js';

const mine: KeptState = { ...blankState, project_id: 'demo', epoch: 5 };
const result = { r2_key: 'k', r2_checksum: 'a'.repeat(64), size: 1, tables: {} };

describe('admit', () => {
  it('obeys an equal or larger epoch and keeps it', () => {
    expect(admit(mine, { name: 'archive', epoch: 5 })).toEqual({ kind: 'proceed', state: mine });
    expect(admit(mine, { name: 'archive', epoch: 9 })).toEqual({ kind: 'proceed', state: { ...mine, epoch: 9 } });
  });

  it('G6: refuses every call with a smaller epoch, naming the kept one', () => {
    for (const name of ['restore', 'archive', 'resume'] as const) {
      expect(admit(mine, { name, epoch: 4 })).toEqual({ kind: 'stale_epoch', epoch: 5 });
    }
    const configure = admit(mine, { name: 'configure', epoch: 4, projectId: 'demo' });
    expect(configure).toEqual({ kind: 'stale_epoch', epoch: 5 });
  });

  it('G3: never becomes another project, however large the epoch', () => {
    const decision = admit(mine, { name: 'configure', epoch: 99, projectId: 'other' });
    expect(decision).toEqual({ kind: 'other_project', projectId: 'demo' });
  });

  it('ends quiesced only by a resume with a larger epoch than the one it began in', () => {
    const quiesced = { ...mine, quiesced: { epoch: 5 } };
    expect(admit(quiesced, { name: 'resume', epoch: 5 })).toEqual({ kind: 'stale_epoch', epoch: 5 });
    expect(admit(quiesced, { name: 'resume', epoch: 6 }).kind).toBe('proceed');
    expect(admit(mine, { name: 'resume', epoch: 5 }).kind).toBe('proceed');
  });

  it('repeats the answer of a finished restore in the same epoch only', () => {
    const restored = { ...mine, restored: { epoch: 5, result, swapped: true } };
    expect(admit(restored, { name: 'restore', epoch: 5 })).toEqual({ kind: 'already_restored', result });
    expect(admit(restored, { name: 'restore', epoch: 6 }).kind).toBe('proceed');
    const unfinished = { ...mine, restored: { epoch: 5, result, swapped: false } };
    expect(admit(unfinished, { name: 'restore', epoch: 5 }).kind).toBe('proceed');
  });

  it('does not archive or restore before it is a project', () => {
    expect(admit(blankState, { name: 'archive', epoch: 1 })).toEqual({ kind: 'not_configured' });
    expect(admit(blankState, { name: 'restore', epoch: 1 })).toEqual({ kind: 'not_configured' });
  });

  it('G6: lets the kept epoch only grow, through any calls in any order', () => {
    const calls = fc.array(
      fc.oneof(
        fc.record({ name: fc.constant('configure' as const), epoch: fc.nat(9), projectId: fc.constantFrom('a', 'b') }),
        fc.record({
          name: fc.constantFrom('restore' as const, 'archive' as const, 'resume' as const),
          epoch: fc.nat(9),
        }),
      ),
    );
    fc.assert(fc.property(calls, (all) => all.reduce(step, blankState) !== undefined));
  });
});

/** Applies one call as the server would, checking what must hold between two states. */
function step(kept: KeptState, call: Call): KeptState {
  const decision = admit(kept, call);
  if (decision.kind !== 'proceed') return kept;
  expect(decision.state.epoch).toBe(call.epoch);
  expect(decision.state.epoch).toBeGreaterThanOrEqual(kept.epoch);
  if (call.name !== 'configure') return decision.state;
  expect([null, call.projectId]).toContain(kept.project_id);
  return { ...decision.state, project_id: call.projectId };
}
