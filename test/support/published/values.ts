import { z } from 'zod';

/** Values that occur in many shapes. */
export const whole = z.int().nonnegative();
export const strings = z.record(z.string(), z.string());
export const words = z.array(z.string());

/** RFC 3339, with any fraction and offset. */
export const time = z.iso.datetime({ offset: true });

/** The docs say whole nanoseconds, their samples and real answers hold Go's form such as `1m30s`: both are accepted. */
export const duration = z.union([z.string().regex(/^-?(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+$|^0$/), z.int()]);

/** A machine: 14 hexadecimal digits. */
export const machineId = z.string().regex(/^[0-9a-f]{14}$/);
/** A version of a machine, an event. */
export const ulid = z.string().regex(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/);
export const volumeId = z.string().regex(/^vol_[0-9a-z]+$/);
export const snapshotId = z.string().regex(/^vs_[0-9A-Za-z]+$/);

export const stopSignal = z.enum(['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGKILL', 'SIGUSR1', 'SIGUSR2', 'SIGTERM']);
export const hostStatus = z.enum(['ok', 'unknown', 'unreachable']);

/** What most commands answer. */
export const okAnswer = z.strictObject({ ok: z.literal(true) });
