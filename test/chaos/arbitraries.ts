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
const restore = fc.record({
  do: fc.constant('restore' as const),
  project,
  from: fc.constantFrom('current' as const, 'oldest' as const, 'oldest' as const),
  at,
});
const deletion = fc.record({ do: fc.constant('delete' as const), project, at });
const hold = fc.record({ do: fc.constant('hold' as const), project, forSecs: fc.constantFrom(0, 3_600, 864_000), at });
const pool = fc.record({
  do: fc.constant('pool' as const),
  what: fc.constantFrom('drain' as const, 'pause' as const, 'resume' as const),
  at,
});
const lose = fc.record({ do: fc.constant('lose' as const), project });
const deny = fc.record({ do: fc.constant('deny' as const), project });
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
    { weight: 2, arbitrary: restore },
    { weight: 1, arbitrary: deletion },
    { weight: 1, arbitrary: hold },
    { weight: 1, arbitrary: pool },
    { weight: 1, arbitrary: lose },
    { weight: 1, arbitrary: deny },
    { weight: 8, arbitrary: task(tasks) },
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

/** What chance alone seldom brings: something written, put to sleep, and then what an operator may do with that. */
const afterSleep: fc.Arbitrary<readonly Action[]> = fc
  .tuple(visiting, archive, fc.oneof(undo, restore, deletion, wake), fc.boolean())
  .map(([visited, archived, last, again]) => [
    ...(again
      ? [
          { ...visited, project: 'a' as const, write: true },
          { ...archived, project: 'a' as const },
        ]
      : []),
    { ...visited, project: 'a', write: true },
    { ...archived, project: 'a' },
    { ...last, project: 'a' },
  ]);
/** A machine is only believed to be gone after two looks, minutes apart. */
const lostAndSeen: fc.Arbitrary<readonly Action[]> = fc.tuple(lose, at, at).map(([lost, first, second]) => {
  const look = (side: Side): readonly Action[] => [
    { do: 'travel', by: '6 minutes' },
    { do: 'task', name: 'observe', at: side },
  ];
  return [lost, ...look(first), ...look(second)];
});

export function scenarios(tasks: readonly string[]): fc.Arbitrary<Scenario> {
  const phrase = fc.oneof(
    { weight: 12, arbitrary: actions(tasks).map((action): readonly Action[] => [action]) },
    { weight: 2, arbitrary: afterSleep },
    { weight: 1, arbitrary: lostAndSeen },
  );
  const waited = fc.oneof(fc.constant(true), fc.constant(true), fc.boolean());
  const steps = fc
    .record({ action: phrase, waited: fc.array(waited, { minLength: 6, maxLength: 6 }) })
    .map(({ action, waited: each }) => action.map((one, n) => ({ action: one, waited: each[n] ?? true })));
  return fc.record({
    standby: fc.constantFrom('started' as const, 'suspended' as const),
    keepVolumeHours: fc.constantFrom(0, 3),
    steps: fc.array(steps, { minLength: 6, maxLength: 12 }).map((phrases) => [...beginning, ...phrases.flat()]),
  });
}
