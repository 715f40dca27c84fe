import type { ShownProjectState } from '../../sdk/resources.js';

type Colour = 'green' | 'yellow' | 'red' | 'dim';

/** Wherever the state of a project stands: awake, on its way, asleep, in need of a person. */
export const stateColours: Readonly<Record<ShownProjectState, Colour>> = {
  creating: 'yellow',
  active: 'green',
  suspended: 'green',
  archiving: 'yellow',
  dormant: 'dim',
  waking: 'yellow',
  lost: 'red',
  deleted: 'dim',
};
