/** The project server as a process. Prints one line of JSON when it listens; ends with 0 when told to, 1 on a fault. */
import process from 'node:process';
import { readEnvironment } from './environment.js';
import { startProjectServer } from './server.js';

try {
  const server = await startProjectServer({ ...readEnvironment(process.env), onLog: complain });
  const stop = () => void server.stop().then(() => process.exit(0), fail);
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  if (process.env.VALET_EXIT_WITH_PARENT === '1') {
    // The parent holds the other end of the pipe, so it closes however the parent ends.
    process.stdin.once('close', stop).on('error', stop).resume();
  }
  process.stdout.write(`${JSON.stringify({ message: 'listening', port: server.port })}\n`);
} catch (error) {
  fail(error);
}

function complain(line: string): void {
  process.stderr.write(`${line}\n`);
}

function fail(error: unknown): void {
  complain(`The project server cannot run: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}
