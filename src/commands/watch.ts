import { Flags } from '@oclif/core';
import { parseDuration } from '../cli/text/duration.js';
import { ValetCommand } from '../cli/valet-command.js';
import { ValetError } from '../sdk/errors.js';
import type { Overview } from '../sdk/resources.js';
import type { Valet } from '../sdk/valet.js';

const leastEverySecs = 0.5;
/** Of a picture that nobody's terminal bounds. */
const pictureSize = { columns: 80, rows: 40 };

export default class Watch extends ValetCommand {
  static override description = 'Watch projects, the pool, wakes, background tasks and events, live.';
  static override examples = [
    '<%= config.bin %> watch',
    '<%= config.bin %> watch --every 10s',
    '<%= config.bin %> watch --once',
    "<%= config.bin %> watch --json | jq '.projects.by_state'",
  ];

  static override flags = {
    every: Flags.string({ description: 'How often to look.', default: '2s', helpValue: '2s' }),
    once: Flags.boolean({ description: 'Print one picture as plain text and end.' }),
  };

  override async run(): Promise<Overview> {
    const { flags } = await this.parse(Watch);
    const everyMs = everyMsOf(flags.every);
    const { terminal } = this.surroundings;
    const isLive = !flags.once && !this.jsonEnabled();
    if (isLive && terminal === undefined) throw noTerminal();
    return this.ask(flags, async (valet, signal) => {
      const first = await valet.overview({ signal });
      if (!isLive) await this.#printPicture(first);
      else if (terminal !== undefined) await this.#show(valet, { first, everyMs, terminal }, signal);
      return first;
    });
  }

  /** What draws is loaded only now. */
  async #show(
    valet: Valet,
    parts: { first: Overview; everyMs: number; terminal: NonNullable<Watch['surroundings']['terminal']> },
    signal: AbortSignal,
  ): Promise<void> {
    const { openScreen } = await import('../cli/watch/open-screen.js');
    const { colours } = this.surroundings.stdout;
    await openScreen({ valet, ...parts, colours, now: () => performance.now() }, signal);
  }

  async #printPicture(overview: Overview): Promise<void> {
    const { picture } = await import('../cli/watch/layout.js');
    const { painted } = await import('../cli/watch/paint.js');
    const { columns = pictureSize.columns, colours } = this.surroundings.stdout;
    const lines = picture(overview, { ...pictureSize, columns: Math.max(columns, leastPictureColumns) });
    this.print(
      lines
        .map((line) => painted(line, colours))
        .join('\n')
        .trimEnd(),
    );
  }
}

const leastPictureColumns = 60;

function everyMsOf(text: string): number {
  const secs = parseDuration(text);
  if (secs >= leastEverySecs) return secs * 1000;
  throw new ValetError('request_invalid', `--every must be ${leastEverySecs}s or more.`);
}

function noTerminal(): ValetError {
  return new ValetError('request_invalid', 'A live screen needs a terminal for its keys and its picture.', {
    hint: 'Take "valet watch --once" or "valet watch --json" for one picture, or "valet projects list --json".',
  });
}
