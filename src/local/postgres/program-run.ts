import { type ChildProcess, spawn } from 'node:child_process';
import { LocalFault } from '../fault.js';
import type { OnProcess } from '../started-process.js';
import type { SystemUser } from './system-user.js';

export interface RunSettings {
  readonly user: SystemUser | undefined;
  readonly onProcess: OnProcess;
}

export interface ProgramRun {
  readonly child: ChildProcess;
  /** Answers the exit code, null when a signal ended it. Never rejects. */
  readonly exited: Promise<number | null>;
  /** What it said last. */
  readonly lastLines: () => string;
}

const maxKeptChars = 2_000;

/** In a group of its own, since Ctrl-C in a terminal goes to every process of ours and its end is up to us. */
export async function runProgram(command: string, args: readonly string[], settings: RunSettings): Promise<ProgramRun> {
  const { user, onProcess } = settings;
  const child = spawn(command, [...args], {
    ...(user && { uid: user.uid, gid: user.gid }),
    env: { PATH: process.env.PATH, LC_ALL: 'C' },
    stdio: ['ignore', 'ignore', 'pipe'],
    cwd: '/',
    detached: true,
  });
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-maxKeptChars);
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (cause) => reject(cannotRun(command, cause)));
  });
  onProcess({ pid: child.pid ?? 0, exited, endWith: 'SIGQUIT' });
  return { child, exited, lastLines: () => said.trim().split('\n').slice(-5).join('\n') };
}

function cannotRun(command: string, cause: Error): LocalFault {
  // A program that is there and yet "not found" lacks the loader that it names.
  const noLoader = 'code' in cause && cause.code === 'ENOENT';
  return new LocalFault(`${command} cannot be run: ${cause.message}.`, {
    hint: noLoader
      ? 'These programs need glibc; a system such as Alpine Linux does not have it.'
      : 'Check that it may be executed.',
    cause,
  });
}
