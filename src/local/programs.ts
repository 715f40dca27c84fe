import { fileURLToPath } from 'node:url';
import type { ValetProgram } from './platform/valet-process.js';

/** The program that every machine of the local platform runs. */
export function projectServerProgram(): ValetProgram {
  return node(new URL('project-server/main.js', import.meta.url));
}

/** `valet` as it is installed beside this file. */
export function valetProgram(): ValetProgram {
  return node(new URL('../../bin/run.js', import.meta.url));
}

/** The same Node.js that runs us. */
function node(script: URL): ValetProgram {
  return { command: process.execPath, args: [fileURLToPath(script)] };
}
