import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';

export interface TerminalStreams {
  readonly input: NodeJS.ReadableStream;
  /** Never stdout: that is for data. */
  readonly output: NodeJS.WritableStream;
}

/** One line that a person types; empty if they end the input instead (Ctrl-D). @throws when the signal aborts */
export async function askPerson(streams: TerminalStreams, question: string, signal: AbortSignal): Promise<string> {
  // Without readline's own terminal mode Ctrl-C stays a signal, which is what aborts.
  const lines = createInterface({ ...streams, terminal: false });
  try {
    const ended = once(lines, 'close').then(() => '');
    return await Promise.race([lines.question(question, { signal }), ended]);
  } finally {
    lines.close();
  }
}
