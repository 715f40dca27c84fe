import { fileURLToPath } from 'node:url';
import type { MachineProgram } from '../../src/local/fly/options.js';
import { type TestPlatform, testPlatform } from './test-platform.js';

export interface BasicServerKind {
  /** Whether it knows restore-from-r2; a sloppy one acts on it whatever the body says. */
  readonly restore?: 'proper' | 'sloppy' | 'none';
  /** Whether each archive gets a key of its own. */
  readonly key?: 'fresh' | 'same';
}

const program = fileURLToPath(new URL('./fixtures/basic-server.mjs', import.meta.url));

/** The platform with machines that run a basic project server and are handed the R2 variables. */
export function basicPlatform({ restore = 'proper', key = 'fresh' }: BasicServerKind = {}): Promise<TestPlatform> {
  const projectServer: MachineProgram = {
    command: process.execPath,
    args: ['--disable-warning=ExperimentalWarning', program],
    env: { RESTORE: restore, KEY: key },
  };
  return testPlatform({ projectServer, machinesAreBasic: true, env: { VALET_MACHINE_R2: 'true' } });
}
