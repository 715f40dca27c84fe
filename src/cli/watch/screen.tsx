import { Text, useInput, useWindowSize } from 'ink';
import { useEffect, useSyncExternalStore } from 'react';
import { keyOf } from './keys.js';
import { layout } from './layout.js';
import { painted } from './paint.js';
import type { WatchSession } from './session.js';

export interface ScreenProps {
  readonly session: WatchSession;
  readonly colours: boolean;
}

/** Draws what the session knows, and tells it keys and sizes. */
export function Screen({ session, colours }: ScreenProps) {
  const state = useSyncExternalStore(session.subscribe, session.state);
  const { columns, rows } = useWindowSize();
  useEffect(() => session.dispatch({ kind: 'resized', size: { columns, rows } }), [session, columns, rows]);
  useInput((input, pressed) => {
    const key = keyOf(input, pressed);
    if (key !== undefined) session.dispatch({ kind: 'pressed', key });
  });
  const lines = layout({ ...state, size: { columns, rows } });
  return <Text>{lines.map((line) => painted(line, colours)).join('\n')}</Text>;
}
