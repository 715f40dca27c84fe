import { Box, render, Text } from 'ink';
import { notBegun, type Progress } from './progress.js';
import { countsText, outcomeText } from './texts.js';
import type { ProgressView } from './view.js';

interface Shown {
  readonly title: string;
  readonly progress: Progress;
  readonly elapsedMs: number;
  readonly columns: number;
  readonly colours: boolean;
}

const tickMs = 500;
const maxBarColumns = 60;

/** Redrawn in its place on the terminal that the stream is, and taken away when it is closed. */
export function openLiveView(title: string, terminal: NodeJS.WriteStream, colours: boolean): ProgressView {
  const beganMs = performance.now();
  let progress = notBegun;
  const screen = () => {
    const elapsedMs = performance.now() - beganMs;
    return <Live {...{ title, progress, elapsedMs, colours }} columns={terminal.columns || 80} />;
  };
  // Ctrl-C stays a signal: the command decides what it means.
  const options = { stdout: terminal, exitOnCtrlC: false, patchConsole: false, interactive: true };
  const drawn = render(screen(), options);
  const ticking = setInterval(() => drawn.rerender(screen()), tickMs);
  return {
    show: (next) => {
      progress = next;
      drawn.rerender(screen());
    },
    close: async () => {
      clearInterval(ticking);
      await drawn.waitUntilRenderFlush();
      drawn.clear();
      drawn.unmount();
      await drawn.waitUntilExit();
    },
  };
}

/** Never wider than the terminal: every line is cut to fit it. */
function Live({ title, progress, elapsedMs, columns, colours }: Shown) {
  return (
    <Box flexDirection="column" width={columns}>
      <Text wrap="truncate-end">{`${title} · ${countsText(progress, elapsedMs)}`}</Text>
      <Text wrap="truncate-end" {...(colours && { color: 'green' })}>
        {bar(progress, Math.min(columns, maxBarColumns))}
      </Text>
      {progress.latest.map((outcome) => (
        <Text key={`${outcome.id} ${outcome.outcome}`} wrap="truncate-end">
          {outcomeText(outcome)}
        </Text>
      ))}
    </Box>
  );
}

function bar({ planned, finished }: Progress, columns: number): string {
  const full = planned === 0 ? 0 : Math.round((Math.min(finished, planned) / planned) * columns);
  return '█'.repeat(full) + '░'.repeat(columns - full);
}
