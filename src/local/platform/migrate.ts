import { LocalFault } from '../fault.js';
import { valetProgram } from '../programs.js';
import { runToEnd, withArgs } from './program.js';

/** As an operator would, with the command. */
export async function migrateDatabase(
  env: Readonly<Record<string, string>>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { exitCode, stdout, stderr } = await runToEnd(withArgs(valetProgram(), 'db', 'migrate'), env, signal);
  signal?.throwIfAborted();
  if (exitCode !== 0) throw new LocalFault(`"valet db migrate" ended with ${exitCode}: ${(stderr || stdout).trim()}`);
}
