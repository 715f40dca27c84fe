import { z } from 'zod';
import type { Unconfirmed } from '../unconfirmed.js';

const may = z.exactOptional;
const sent = z.enum(['sent', 'missing']);

/** Every question that nobody has answered, with the answers that the emulator can give. */
export const unconfirmedSchema = z.strictObject({
  startOnStarted: may(z.enum(['success', 'refuse'])),
  deleteStartedStatus: may(z.literal([400, 409, 412])),
  suspendIneligibleStatus: may(z.literal([400, 412, 422])),
  suspendLimitMb: may(z.literal([2048, 4096])),
  execNotRunningStatus: may(z.literal([400, 412, 500])),
  staleVersionStatus: may(z.literal([409, 412])),
  volumeCreateStatus: may(z.literal([200, 201])),
  appNameTakenStatus: may(z.literal([409, 422])),
  retryAfter: may(sent),
  putMetadata: may(z.enum(['merges', 'replaces'])),
  updateState: may(z.enum(['replacing', 'updating'])),
  leaseBars: may(z.enum(['every_write', 'lifecycle'])),
  waitForStopped: may(z.enum(['any_version', 'needs_version'])),
  leaseTtlSecs: may(z.int().min(1).max(3600)),
  waitAnswer: may(z.enum(['whole', 'ok_only'])),
  metadataFilter: may(z.enum(['honoured', 'ignored'])),
  affinityCookie: may(sent),
  deadClaimant: may(z.enum(['machine', 'nul'])),
  extendNeedsRestart: may(z.enum(['never', 'while_attached'])),
  deleteRunningApp: may(z.enum(['refuse', 'accept'])),
  appNetwork: may(z.enum(['listed_only', 'everywhere'])),
  regionKeys: may(z.enum(['capitals', 'small'])),
} satisfies { readonly [Question in keyof Unconfirmed]: z.ZodType<Unconfirmed[Question]> });
