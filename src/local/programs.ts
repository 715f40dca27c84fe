import { fileURLToPath } from 'node:url';
import type { Program } from './platform/program.js';

/** The program that every machine of the local platform runs. */
export function projectServerProgram(): Program {
  return node(new URL('project-server/main.js', import.meta.url));
}

/** `valet` as it is installed beside this file. */
export function valetProgram(): Program {
  return node(new URL('../../bin/run.js', import.meta.url));
}

/** What cleans up after a platform that could not. */
export function reaperProgram(): Program {
  return node(new URL('platform/reaper-main.js', import.meta.url));
}

/** The same Node.js that runs us. */
function node(script: URL): Program {
  return { command: process.execPath, args: [fileURLToPath(script)] };
}
