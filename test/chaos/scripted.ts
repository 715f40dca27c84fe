import type { Action, Scenario } from './actions.js';

export interface Scripted {
  readonly title: string;
  readonly scenario: Scenario;
}

/** Waited for, unless its instance is paused in the middle of it. */
const then = (...actions: Action[]) => actions.map((action) => ({ action, waited: true }));
/** Goes on beside what follows. */
const meanwhile = (action: Action) => ({ action, waited: false });

const created = then(
  { do: 'create', project: 'a', at: 'left' },
  { do: 'visit', project: 'a', at: 'left', write: true },
);
const asleep = [...created, ...then({ do: 'archive', project: 'a', at: 'left' })];
const recovered = then({ do: 'travel', by: '1 minute' }, { do: 'task', name: 'recover', at: 'right' });
const used = then({ do: 'visit', project: 'a', at: 'right', write: true });

/** Everything irreversible that Valet asks of Fly, a machine or its own database, with what leads to it. */
const irreversible: readonly { readonly before: string; readonly journey: Scenario['steps'] }[] = [
  { before: 'database: archived', journey: then({ do: 'archive', project: 'a', at: 'left' }) },
  { before: 'machine: POST /internal/archive-to-r2', journey: then({ do: 'archive', project: 'a', at: 'left' }) },
  {
    before: 'fly: DELETE /machines/:id',
    journey: then({ do: 'archive', project: 'a', at: 'right' }, { do: 'task', name: 'retire', at: 'left' }),
  },
  {
    before: 'fly: DELETE /volumes/:id',
    journey: then({ do: 'archive', project: 'a', at: 'right' }, { do: 'task', name: 'retire', at: 'left' }),
  },
  {
    before: 'machine: POST /internal/restore-from-r2',
    journey: then({ do: 'archive', project: 'a', at: 'right' }, { do: 'wake', project: 'a', at: 'left' }),
  },
  {
    before: 'database: activated',
    journey: then({ do: 'archive', project: 'a', at: 'right' }, { do: 'wake', project: 'a', at: 'left' }),
  },
];

/** Interleavings that once cost somebody data or money: whatever chance brings, these are in the set. */
export const scripted: readonly Scripted[] = [
  {
    title: 'G6: an order to restore that arrives late and twice, after the project was woken and used',
    scenario: {
      standby: 'started',
      steps: [
        ...asleep,
        ...then({ do: 'break', at: 'left', when: 'machine: POST /internal/restore-from-r2', how: 'late' }),
        ...then({ do: 'wake', project: 'a', at: 'left' }),
        ...used,
        ...then({ do: 'arrive', at: 'left', times: 2 }, { do: 'visit', project: 'a', at: 'right', write: true }),
      ],
    },
  },
  {
    title: 'G6: an order to archive that arrives late and twice, after the archive was cancelled and the project used',
    scenario: {
      standby: 'started',
      steps: [
        ...created,
        ...then({ do: 'break', at: 'left', when: 'machine: POST /internal/archive-to-r2', how: 'late' }),
        ...then({ do: 'pause', at: 'left', when: 'machine: POST /internal/archive-to-r2' }),
        ...then({ do: 'archive', project: 'a', at: 'left' }),
        ...recovered,
        ...used,
        ...then({ do: 'go on', at: 'left' }, { do: 'arrive', at: 'left', times: 2 }),
        ...used,
      ],
    },
  },
  {
    title: 'G1, G5: a request from an instance that has the route cached while another commits the archive',
    scenario: {
      standby: 'started',
      steps: [
        ...created,
        ...then({ do: 'travel', by: '8 days' }, { do: 'visit', project: 'a', at: 'right', write: true }),
        ...then({ do: 'travel', by: '8 days' }, { do: 'pause', at: 'left', when: 'database: archived' }),
        meanwhile({ do: 'archive', project: 'a', at: 'left' }),
        ...used,
        ...then({ do: 'go on', at: 'left' }),
        ...used,
        ...then({ do: 'task', name: 'retire', at: 'right' }),
        ...used,
      ],
    },
  },
  {
    title: 'G7: a crash between the resume of a cancelled archive and the project being active again',
    scenario: {
      standby: 'started',
      steps: [
        ...created,
        ...then({ do: 'break', at: 'left', when: 'machine: POST /internal/archive-to-r2', how: 'refuse' }),
        ...then({ do: 'break', at: 'left', when: 'machine: POST /internal/resume', how: 'die_after' }),
        ...then({ do: 'archive', project: 'a', at: 'left' }),
        meanwhile({ do: 'visit', project: 'a', at: 'right', write: true }),
        ...recovered,
        ...used,
      ],
    },
  },
  {
    title: 'G1: an archive of which half arrives as if it were whole',
    scenario: {
      standby: 'started',
      steps: [
        ...created,
        ...then({ do: 'upload', how: 'halve' }, { do: 'archive', project: 'a', at: 'left' }),
        ...then({ do: 'task', name: 'retire', at: 'right' }),
        ...used,
      ],
    },
  },
  ...irreversible.map(({ before, journey }) => ({
    title: `G1, G6: an owner that is paused past its deadline and comes back before "${before}"`,
    scenario: {
      standby: 'started' as const,
      steps: [
        ...created,
        ...then({ do: 'pause', at: 'left', when: before }),
        ...journey,
        ...recovered,
        ...then({ do: 'task', name: 'retire', at: 'right' }),
        ...used,
        ...then({ do: 'go on', at: 'left' }),
        ...used,
      ],
    },
  })),
  ...['create_begun', 'claimed', 'activated'].map((statement) => ({
    title: `G2, G4: a create whose COMMIT of "${statement}" is answered to nobody`,
    scenario: {
      standby: 'suspended' as const,
      steps: [
        ...then({ do: 'task', name: 'replenish', at: 'right' }),
        ...then({ do: 'break', at: 'left', when: `database: ${statement}`, how: 'lose_answer' }),
        ...created,
        ...recovered,
        ...used,
      ],
    },
  })),
  ...['archive_begun', 'archived', 'wake_begun'].map((statement) => ({
    title: `G1, G2: a COMMIT of "${statement}" whose answer is lost`,
    scenario: {
      standby: 'started' as const,
      steps: [
        ...created,
        ...then({ do: 'break', at: 'left', when: `database: ${statement}`, how: 'lose_answer' }),
        ...then({ do: 'archive', project: 'a', at: 'left' }, { do: 'wake', project: 'a', at: 'left' }),
        ...recovered,
        ...used,
      ],
    },
  })),
  {
    title: 'G4: two replenishments at once, while one of their members is claimed',
    scenario: {
      standby: 'suspended',
      steps: [
        meanwhile({ do: 'task', name: 'replenish', at: 'left' }),
        meanwhile({ do: 'task', name: 'replenish', at: 'right' }),
        ...created,
        meanwhile({ do: 'task', name: 'replenish', at: 'right' }),
        ...then({ do: 'task', name: 'replenish', at: 'left' }),
      ],
    },
  },
  {
    title: 'G1: news that is lost between the reading of a route and its being kept',
    scenario: {
      standby: 'started',
      steps: [
        ...created,
        ...then(
          { do: 'deafen', at: 'right' },
          { do: 'break', at: 'right', when: 'database: select projects', how: 'stall' },
        ),
        meanwhile({ do: 'visit', project: 'a', at: 'right', write: true }),
        ...then({ do: 'archive', project: 'a', at: 'left' }, { do: 'go on', at: 'right' }),
        ...used,
        ...then({ do: 'task', name: 'retire', at: 'left' }),
        ...used,
        ...then({ do: 'hear', at: 'right' }),
        ...used,
      ],
    },
  },
  {
    title: 'G1: an archive that is undone while its project is woken from it elsewhere',
    scenario: {
      standby: 'started',
      keepVolumeHours: 3,
      steps: [
        ...asleep,
        ...then({ do: 'pause', at: 'left', when: 'database: undo_begun' }),
        ...then({ do: 'undo', project: 'a', at: 'left' }),
        ...then({ do: 'wake', project: 'a', at: 'right' }, { do: 'go on', at: 'left' }),
        ...used,
      ],
    },
  },
  {
    title: 'G1: a project that is brought back to its oldest archive has what was in that',
    scenario: {
      standby: 'started',
      steps: [
        ...asleep,
        ...then({ do: 'wake', project: 'a', at: 'left' }, { do: 'archive', project: 'a', at: 'left' }),
        ...then({ do: 'restore', project: 'a', from: 'oldest', at: 'right' }),
        ...used,
      ],
    },
  },
  {
    title: 'G6: a project that is deleted while its archive is about to be committed',
    scenario: {
      standby: 'started',
      steps: [
        ...created,
        ...then({ do: 'pause', at: 'left', when: 'database: archived' }),
        ...then({ do: 'archive', project: 'a', at: 'left' }),
        ...then({ do: 'delete', project: 'a', at: 'right' }, { do: 'go on', at: 'left' }),
        ...then({ do: 'task', name: 'retire', at: 'right' }),
      ],
    },
  },
  {
    title: 'G1, G10: a machine that is lost at Fly, and with it the owner of the rebuilding on its volume',
    scenario: {
      standby: 'started',
      steps: [
        ...created,
        ...then({ do: 'break', at: 'left', when: 'database: rebuild_begun', how: 'die_after' }),
        ...then({ do: 'lose', project: 'a' }, { do: 'travel', by: '6 minutes' }),
        ...then({ do: 'task', name: 'observe', at: 'left' }, { do: 'travel', by: '6 minutes' }),
        ...then({ do: 'task', name: 'observe', at: 'left' }),
        ...recovered,
        ...used,
      ],
    },
  },
];
