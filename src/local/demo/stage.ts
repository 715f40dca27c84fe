import type { LocalPlatform } from '../platform/platform.js';
import type { Visitor } from './visitor.js';
import type { Witness } from './witness.js';

/** What the steps of the story share, and hand on to each other. */
export interface Stage {
  readonly platform: LocalPlatform;
  readonly visitor: Visitor;
  readonly witness: Witness;
  readonly told: {
    /** Ids at Fly of the machines that waited in the pool before the project was created. */
    warm: readonly { readonly id: string; readonly version: string }[];
    projectId: string;
    machineId: string;
  };
}
