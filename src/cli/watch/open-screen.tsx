import { render } from 'ink';
import type { LiveTerminal } from '../environment.js';
import { Screen } from './screen.js';
import { type SessionParts, WatchSession } from './session.js';

export interface ScreenParts extends Omit<SessionParts, 'size'> {
  readonly terminal: LiveTerminal;
  readonly colours: boolean;
}

/** On the terminal's other screen, until the person ends it; whatever happens, the terminal is as it was. */
export async function openScreen({ terminal, colours, ...parts }: ScreenParts, signal: AbortSignal): Promise<void> {
  const { stdin, stdout } = terminal;
  const size = { columns: stdout.columns, rows: stdout.rows };
  const session = new WatchSession({ ...parts, size });
  // Also where ink would take the terminal for that of a build.
  const drawn = render(<Screen session={session} colours={colours} />, {
    stdin,
    stdout,
    exitOnCtrlC: false,
    interactive: true,
    alternateScreen: true,
  });
  try {
    await session.run(signal);
  } finally {
    drawn.unmount();
    await drawn.waitUntilExit();
  }
}
