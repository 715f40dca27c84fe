import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { ValetServe } from '../platform/valet-serve.js';

const complaint = z.object({
  level: z.enum(['warn', 'error', 'fatal']),
  msg: z.string().default(''),
  err: z.object({ message: z.string() }).optional(),
});

const maxComplaints = 10;

/** What the instances have warned of, the last of it: a story that broke has its reason there. */
export async function complaintsOf(instances: readonly ValetServe[]): Promise<string[]> {
  const all = await Promise.all(
    instances.map(async ({ name, logFile }) => {
      const lines = (await readFile(logFile, 'utf8').catch(() => '')).split('\n');
      return lines.flatMap((line) => {
        const said = complaintIn(line);
        return said === undefined ? [] : [`${name}: ${said}`];
      });
    }),
  );
  return all.flat().slice(-maxComplaints);
}

function complaintIn(line: string): string | undefined {
  try {
    const { msg, err } = complaint.parse(JSON.parse(line));
    return err === undefined ? msg : `${msg}: ${err.message}`;
  } catch {
    return undefined;
  }
}
