import fc from 'fast-check';
import type { FlyCall } from '../../src/local/fly/calls.js';
import type { FaultEffect } from '../../src/local/fly/faults/fault.js';
import type { Action, ProjectName, Scenario, Step } from './actions.js';
import type { Side } from './world.js';

const project = fc.constantFrom<ProjectName>('a', 'a', 'b');
const at = fc.constantFrom<Side>('left', 'right');
const when = fc.integer({ min: 1, max: 12 });

const create = fc.record({ do: fc.constant('create' as const), project, at });
const visiting = fc.record({ do: fc.constant('visit' as const), project, at, write: fc.boolean() });
const wake = fc.record({ do: fc.constant('wake' as const), project, at });
const archive = fc.record({ do: fc.constant('archive' as const), project, at });
const undo = fc.record({ do: fc.constant('undo' as const), project, at });
const restore = fc.record({ do: fc.constant('restore' as const), project, at });
const hold = fc.record({ do: fc.constant('hold' as const), project, at });
/** Of the second project, so that there is nearly always one that lives. */
const remove = fc.record({ do: fc.constant('delete' as const), project: fc.constant('b' as const), at });
const pool = fc.record({
  do: fc.constant('pool' as const),
  call: fc.constantFrom('pause' as const, 'drain' as const, 'resume' as const, 'resume' as const),
  at,
});
const deny = fc.record({ do: fc.constant('deny' as const), project });
const lose = fc.record({ do: fc.constant('lose' as const), project });
const travel = fc.record({
  do: fc.constant('travel' as const),
  by: fc.constantFrom('5 seconds', '30 seconds', '6 minutes', '2 hours', '8 days'),
});
const upload = fc.record({
  do: fc.constant('upload' as const),
  how: fc.constantFrom('halve' as const, 'halve' as const, 'refuse' as const, 'lose_answer' as const, 'twice' as const),
});
const suspend = fc.record({ do: fc.constant('suspend' as const), project });
const breaking = fc.record({
  do: fc.constant('break' as const),
  at,
  when,
  how: fc.constantFrom(
    'die_before' as const,
    'die_after' as const,
    'lose_answer' as const,
    'refuse' as const,
    'cut' as const,
    'twice' as const,
    'late' as const,
    'stall' as const,
  ),
});
const pause = fc.record({ do: fc.constant('pause' as const), at, when });
const goOn = fc.record({ do: fc.constant('go on' as const), at });
const arrive = fc.record({ do: fc.constant('arrive' as const), at, times: fc.constantFrom(1 as const, 2 as const) });
const hearing = fc.record({ do: fc.constantFrom('deafen' as const, 'hear' as const), at });

const calls = fc.constantFrom<FlyCall | '*'>(
  '*',
  'create_machine',
  'get_machine',
  'list_machines',
  'delete_machine',
  'start_machine',
  'suspend_machine',
  'wait_machine',
  'create_volume',
  'get_volume',
  'list_volumes',
  'delete_volume',
  'get_app',
);
const effects = fc.constantFrom<FaultEffect>(
  { kind: 'refuse', status: 500, error: 'internal' },
  { kind: 'refuse', status: 503, error: 'unavailable' },
  { kind: 'refuse', row: '429-rate-limit' },
  { kind: 'refuse', status: 408, error: 'timed out', afterActing: true },
  { kind: 'lose_answer' },
  { kind: 'drop' },
  { kind: 'garbage' },
  { kind: 'truncated', cut: true },
  { kind: 'delay', ms: 300 },
  { kind: 'list_empty' },
  { kind: 'list_stale' },
);
const fault = fc.record({
  do: fc.constant('fault' as const),
  call: calls,
  effect: effects,
  times: fc.integer({ min: 1, max: 3 }),
});

function task(names: readonly string[]) {
  return fc.record({ do: fc.constant('task' as const), name: fc.constantFrom(...names), at });
}

/** Users and time move most; what breaks things comes between. */
function actions(tasks: readonly string[]): fc.Arbitrary<Action> {
  return fc.oneof(
    { weight: 1, arbitrary: create },
    { weight: 6, arbitrary: visiting },
    { weight: 2, arbitrary: wake },
    { weight: 4, arbitrary: archive },
    { weight: 2, arbitrary: undo },
    { weight: 1, arbitrary: restore },
    { weight: 1, arbitrary: hold },
    { weight: 1, arbitrary: remove },
    { weight: 1, arbitrary: pool },
    { weight: 1, arbitrary: deny },
    { weight: 1, arbitrary: lose },
    { weight: 6, arbitrary: task(tasks) },
    { weight: 4, arbitrary: travel },
    { weight: 3, arbitrary: upload },
    { weight: 1, arbitrary: suspend },
    { weight: 5, arbitrary: breaking },
    { weight: 2, arbitrary: pause },
    { weight: 2, arbitrary: goOn },
    { weight: 1, arbitrary: arrive },
    { weight: 1, arbitrary: hearing },
    { weight: 2, arbitrary: fault },
  );
}

/** Without a project nothing of interest can happen. */
const beginning: readonly Step[] = [
  { action: { do: 'create', project: 'a', at: 'left' }, waited: true },
  { action: { do: 'visit', project: 'a', at: 'left', write: true }, waited: true },
];

export function scenarios(tasks: readonly string[]): fc.Arbitrary<Scenario> {
  const step = fc.record({
    action: actions(tasks),
    waited: fc.oneof(fc.constant(true), fc.constant(true), fc.boolean()),
  });
  return fc.record({
    standby: fc.constantFrom('started' as const, 'suspended' as const),
    keepVolumeHours: fc.constantFrom(0 as const, 48 as const),
    steps: fc.array(step, { minLength: 6, maxLength: 12 }).map((steps) => [...beginning, ...steps]),
  });
}
