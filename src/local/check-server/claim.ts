export const groups = [
  'status',
  'secrets',
  'configure',
  'epochs',
  'archive',
  'quiesced',
  'resume',
  'restore',
  'restarts',
  'at-once',
  'activity',
  'paths',
  'bodies',
] as const;
export type Group = (typeof groups)[number];

/** One thing that the machine protocol promises, as far as it can be seen from outside. */
export interface Claim {
  readonly group: Group;
  /** Without a `must` the control plane cannot work rightly with the server; without a `should` it works less well. */
  readonly level: 'must' | 'should';
  /** Whether a basic server, one that answers 404 to status, may do without. */
  readonly basic: 'too' | 'may leave out';
  /** What a server does. */
  readonly says: string;
  /** The words of docs/machine-protocol.md that it rests on. */
  readonly rests: string;
}
