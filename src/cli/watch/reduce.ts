import { type Action, isSameWish, type WatchState, wishOf } from './model.js';
import { pressed } from './pressed.js';

/** What becomes of the screen's state when something happens. */
export function reduce(state: WatchState, action: Action): WatchState {
  switch (action.kind) {
    case 'resized':
      return resized(state, action);
    case 'ticked':
      return { ...state, nowMs: action.nowMs };
    case 'polled':
      return {
        ...state,
        overview: action.overview,
        overviewAtMs: action.nowMs,
        nowMs: action.nowMs,
        pollFault: null,
      };
    case 'poll_failed':
      return { ...state, pollFault: action.fault, nowMs: action.nowMs };
    case 'listed':
      return listed(state, action);
    case 'opened':
      // Whoever has gone on to another project gets no answer about the one before.
      if (action.details.project.id !== state.openId) return state;
      return { ...state, details: action.details, loadFault: null };
    case 'load_failed':
      return { ...state, loadFault: action.fault };
    case 'pressed':
      return pressed(state, action.key);
  }
}

function resized(state: WatchState, { size }: Extract<Action, { kind: 'resized' }>): WatchState {
  if (size.columns === state.size.columns && size.rows === state.size.rows) return state;
  return { ...state, size };
}

function listed(state: WatchState, { wish, answer }: Extract<Action, { kind: 'listed' }>): WatchState {
  if (!isSameWish(wish, wishOf(state))) return state;
  const last = Math.max(0, answer.projects.length - 1);
  return { ...state, page: { wish, answer }, chosen: Math.min(state.chosen, last), loadFault: null };
}
