import { z } from 'zod';
import { time, ulid, whole } from './values.js';

const exitEvent = z.strictObject({
  exit_code: z.exactOptional(z.int()),
  signal: z.exactOptional(z.int()),
  oom_killed: z.exactOptional(z.boolean()),
  requested_stop: z.exactOptional(z.boolean()),
  restarting: z.exactOptional(z.boolean()),
  guest_exit_code: z.exactOptional(z.int()),
  guest_signal: z.exactOptional(z.int()),
  guest_error: z.exactOptional(z.string()),
  error: z.exactOptional(z.string()),
  exited_at: z.exactOptional(time),
});

/** Something that happened to a machine; `request` tells more of an exit, or of a migration to another host. */
export const machineEvent = z.strictObject({
  id: ulid,
  type: z.string().min(1),
  status: z.string().min(1),
  source: z.enum(['user', 'proxy', 'flyd']),
  /** Milliseconds since the epoch. */
  timestamp: whole,
  request: z.exactOptional(
    z.strictObject({
      exit_event: z.exactOptional(exitEvent),
      MonitorEvent: z.exactOptional(z.strictObject({ exit_event: z.exactOptional(exitEvent) })),
      restart_count: z.exactOptional(whole),
      migrated: z.exactOptional(z.boolean()),
    }),
  ),
});

export const machineEvents = z.array(machineEvent).max(50);
