import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reaperProgram } from '../programs.js';
import type { OnProcess } from '../started-process.js';
import { Reaper } from './reaper.js';

/** A folder that is gone in the end, with a reaper that sees to it also when we cannot. */
export async function openFolder(
  opening: AsyncDisposableStack,
): Promise<{ readonly dir: string; readonly onProcess: OnProcess }> {
  const dir = await mkdtemp(join(tmpdir(), 'valet-'));
  opening.defer(() => rm(dir, { recursive: true, force: true }));
  // PostgreSQL may run as another user than we do, who must be able to pass through.
  await chmod(dir, 0o711);
  const reaper = opening.adopt(await Reaper.start(reaperProgram(), dir), (it) => it.stop());
  return { dir, onProcess: reaper.watch };
}
