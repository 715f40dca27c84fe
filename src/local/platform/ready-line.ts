import type { ChildProcess } from 'node:child_process';
import { z } from 'zod';
import { LocalFault } from '../fault.js';

const readyLine = z.object({ msg: z.literal('ready'), port: z.number(), private_port: z.number() });

export type Ready = z.infer<typeof readyLine>;

const readyTimeoutMs = 30_000;
const maxKeptChars = 4_000;
const shownLines = 8;

/** @throws LocalFault when it ends or stays silent instead, with what it wrote last; what the signal was aborted with */
export async function untilReady(
  child: ChildProcess,
  exited: Promise<void>,
  signal: AbortSignal | undefined,
): Promise<Ready> {
  const { promise, resolve, reject } = Promise.withResolvers<Ready>();
  let said = '';
  const listen = (text: Buffer) => {
    said = (said + text.toString()).slice(-maxKeptChars);
    const ready = said
      .split('\n')
      .map(readLine)
      .find((line) => line !== undefined);
    if (ready) resolve(ready);
  };
  const fail = (why: string) => {
    const last = said.trim().split('\n').slice(-shownLines).join('\n');
    reject(new LocalFault(`valet serve ${why}. It said:\n${last || 'nothing'}`));
  };
  const abort = () => reject(signal?.reason);
  const timer = setTimeout(() => fail(`was not ready within ${readyTimeoutMs / 1000} s`), readyTimeoutMs);
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', listen);
  signal?.addEventListener('abort', abort, { once: true });
  void exited.then(() => fail('ended before it was ready'));
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
    // They are piped to the log as well, and go on flowing.
    for (const stream of [child.stdout, child.stderr]) stream?.off('data', listen);
  }
}

function readLine(line: string): Ready | undefined {
  if (!line.includes('"ready"')) return undefined;
  try {
    return readyLine.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
