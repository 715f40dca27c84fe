import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { LocalFault } from '../fault.js';

export interface SystemUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** The first of them that the system knows. */
const candidates = ['postgres', 'nobody'] as const;
const lookUpTimeoutMs = 10_000;
const run = promisify(execFile);

/** PostgreSQL refuses to run as root, so for root it runs as somebody else; undefined: as ourselves. */
export async function postgresUser(): Promise<SystemUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of candidates) {
    const [uid, gid] = await Promise.all([idOf('-u', name), idOf('-g', name)]);
    if (uid !== undefined && gid !== undefined) return { name, uid, gid };
  }
  throw new LocalFault(`PostgreSQL does not run as root, and there is no user ${candidates.join(' or ')}.`, {
    hint: 'Run it as a normal user.',
  });
}

/** Whether the user may pass through the folder and all above it. */
export async function canEnter(user: SystemUser, folder: string): Promise<boolean> {
  const { mode, uid, gid } = await stat(folder);
  const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
  if ((mode & bit) === 0) return false;
  const above = dirname(folder);
  return above === folder || canEnter(user, above);
}

async function idOf(which: '-u' | '-g', name: string): Promise<number | undefined> {
  try {
    const { stdout } = await run('id', [which, name], { timeout: lookUpTimeoutMs });
    return Number.parseInt(stdout, 10);
  } catch {
    return undefined;
  }
}
