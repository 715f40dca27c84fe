import { z } from 'zod';
import { duration, stopSignal, whole, words } from './values.js';

/** Calls that reach into a running machine. */
export const stopRequest = z.strictObject({
  signal: z.exactOptional(stopSignal),
  timeout: z.exactOptional(duration),
});

/** The vendor's client sends the number 9. */
export const signalRequest = z.strictObject({
  signal: z.union([
    z.enum([
      'SIGABRT',
      'SIGALRM',
      'SIGFPE',
      'SIGHUP',
      'SIGILL',
      'SIGINT',
      'SIGKILL',
      'SIGPIPE',
      'SIGQUIT',
      'SIGSEGV',
      'SIGTERM',
      'SIGTRAP',
      'SIGUSR1',
      'SIGUSR2',
    ]),
    z.int().min(1).max(64),
  ]),
});

/** `cmd` is the older form of `command`; `machine` is from newer revisions. */
export const execRequest = z.strictObject({
  command: z.exactOptional(words),
  cmd: z.exactOptional(z.string()),
  stdin: z.exactOptional(z.string()),
  timeout: z.exactOptional(whole),
  container: z.exactOptional(z.string()),
  machine: z.exactOptional(z.boolean()),
});

export const execAnswer = z.strictObject({
  exit_code: z.exactOptional(z.int()),
  exit_signal: z.exactOptional(z.int()),
  stdout: z.exactOptional(z.string()),
  stderr: z.exactOptional(z.string()),
});

export const processes = z.array(
  z.strictObject({
    pid: whole,
    stime: whole,
    rtime: whole,
    cpu: whole,
    rss: whole,
    directory: z.string(),
    command: z.string(),
    listen_sockets: z.array(z.strictObject({ proto: z.string(), address: z.string() })).nullable(),
  }),
);

export const memoryLimitRequest = z.strictObject({ limit_mb: whole });
export const memoryAnswer = z.strictObject({ available_mb: whole, limit_mb: whole });
export const reclaimRequest = z.strictObject({ amount_mb: whole });
export const reclaimAnswer = z.strictObject({ actual_mb: whole });
