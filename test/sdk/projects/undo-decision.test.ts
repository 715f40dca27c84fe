import { expect, it } from 'vitest';
import type { Tombstone } from '../../../src/sdk/database/undoing.js';
import { parseProjectId } from '../../../src/sdk/projects/project-id.js';
import { undoDecision } from '../../../src/sdk/projects/undo-decision.js';

const kept: Tombstone = {
  id: 'm1',
  fly_app: 'app',
  region: 'sjc',
  volume_id: 'vol_1',
  machine_gone: true,
  keeps_volume: true,
  last_error: null,
};

it.each([
  ['dormant', kept, 'begin'],
  ['dormant', { ...kept, keeps_volume: false }, 'refuse'],
  ['dormant', { ...kept, volume_id: null }, 'refuse'],
  ['dormant', undefined, 'refuse'],
  ['waking', kept, 'wait'],
  ['active', kept, 'awake'],
  ['creating', undefined, 'refuse'],
  ['archiving', undefined, 'refuse'],
  ['lost', undefined, 'refuse'],
  ['deleted', kept, 'refuse'],
] as const)('%s with %o: %s', (state, tombstone, kind) => {
  const decision = undoDecision({ id: parseProjectId('demo'), state, current_archive_id: 'a1' }, tombstone);
  expect(decision.kind).toBe(kind);
  if (decision.kind === 'refuse') expect(decision.error).toMatchObject({ code: 'transition_refused' });
});
