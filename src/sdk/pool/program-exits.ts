import { z } from 'zod';
import type { FlyMachineEvent } from '../fly/wire.js';

const exitSchema = z.object({
  exit_event: z.object({
    exit_code: z.number().optional(),
    guest_exit_code: z.number().optional(),
    oom_killed: z.boolean().default(false),
    requested_stop: z.boolean().default(false),
  }),
});

export interface ProgramExits {
  readonly count: number;
  /** How it ended last: `exit code 1`, `out of memory`. */
  readonly latest: string;
}

/**
 * How often a machine's program has ended by itself, from the machine's events, the newest first. A stop that somebody
 * asked for is none, and an event of a shape that we do not know says nothing.
 */
export function programExits(events: readonly FlyMachineEvent[]): ProgramExits {
  const exits = events.flatMap(({ type, request }) => {
    const exit = type === 'exit' ? exitSchema.safeParse(request).data?.exit_event : undefined;
    return exit && !exit.requested_stop ? [exit] : [];
  });
  const [latest] = exits;
  const code = latest?.guest_exit_code ?? latest?.exit_code;
  return { count: exits.length, latest: latest?.oom_killed ? 'out of memory' : `exit code ${code ?? 'unknown'}` };
}
