import type { Key as InkKey } from 'ink';
import type { Key } from './model.js';

/** A key as the terminal tells it; undefined for one that has no meaning here. */
export function keyOf(input: string, key: InkKey): Key | undefined {
  if (key.ctrl) return input === 'c' ? 'ctrl-c' : undefined;
  if (key.upArrow) return 'up';
  if (key.downArrow) return 'down';
  if (key.pageUp) return 'page up';
  if (key.pageDown) return 'page down';
  if (key.return) return 'enter';
  if (key.escape) return 'escape';
  if (key.backspace || key.delete) return 'backspace';
  return key.meta || input === '' ? undefined : { text: input };
}
