import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { CheckFault } from './fault.js';

/**
 * Runs a shell command that restarts the server, and waits until the command has ended. What it leaves running in the
 * background goes on; it gets no output of ours, so that it keeps nothing open.
 * @throws CheckFault when it fails or takes too long; the signal's reason
 */
export async function runRestartCommand(command: string, timeoutMs: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const child = spawn(command, { shell: true, stdio: 'ignore', detached: true });
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  try {
    const [code, killedBy] = await once(child, 'exit', { signal: bounded });
    if (code === 0) return;
    throw new CheckFault('restart_failed', `The command that restarts the server ended with ${code ?? killedBy}.`, {
      hint: 'It must end with 0 once the server is started again with the same data.',
    });
  } catch (cause) {
    if (cause instanceof CheckFault) throw cause;
    endGroup(child.pid);
    signal.throwIfAborted();
    throw new CheckFault('restart_failed', `The command that restarts the server did not end within ${timeoutMs} ms.`, {
      hint: 'Let it put the server into the background and end.',
      cause,
    });
  }
}

/** The shell and what it waits for. */
function endGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has just ended by itself.
  }
}
