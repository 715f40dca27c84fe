/** States as they are stored. What people are shown adds `suspended`, which only Fly can report. */
export const projectStates = ['creating', 'active', 'archiving', 'dormant', 'waking', 'lost', 'deleted'] as const;
/** A state as it is stored. */
export type ProjectState = (typeof projectStates)[number];

/** A passing state has an owner, a deadline and a defined exit; a resting one may last. */
export const passingStates = ['creating', 'archiving', 'waking'] as const;
export type PassingState = (typeof passingStates)[number];

/** As people see them: `suspended` is what Fly reports of an active project's machine. */
export const shownProjectStates = [
  'creating',
  'active',
  'suspended',
  'archiving',
  'dormant',
  'waking',
  'lost',
  'deleted',
] as const;

/** From before a machine exists until after it is gone. */
export const machineStates = ['provisioning', 'ready', 'assigned', 'retiring', 'retired'] as const;
