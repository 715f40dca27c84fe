import { projectStateSchema } from '../../sdk/resources.js';
import { bodySize } from './layout.js';
import type { Filter, Key, WatchState } from './model.js';
import { mostScroll } from './project-view.js';

/** What a key does, by what is looked at. */
export function pressed(state: WatchState, key: Key): WatchState {
  if (key === 'ctrl-c') return { ...state, ended: true };
  if (state.typing) return whileTyping(state, key);
  if (state.helping) return textOf(key) === 'q' ? { ...state, ended: true } : { ...state, helping: false };
  return everywhere(state, key) ?? byView[state.view](state, key);
}

function textOf(key: Key): string {
  return typeof key === 'string' ? '' : key.text;
}

function everywhere(state: WatchState, key: Key): WatchState | undefined {
  switch (textOf(key)) {
    case 'q':
      return { ...state, ended: true };
    case '?':
      return { ...state, helping: true };
    case '/':
      return { ...toList(state), typing: true };
    case 's':
      return filtered(toList(state), { ...state.filter, state: nextState(state.filter.state) });
    default:
      return undefined;
  }
}

const byView: Readonly<Record<WatchState['view'], (state: WatchState, key: Key) => WatchState>> = {
  overview: (state, key) => (key === 'enter' || textOf(key) === 'p' || isDown(key) ? toList(state) : state),
  projects: inList,
  project: inProject,
};

function isDown(key: Key): boolean {
  return key === 'down' || textOf(key) === 'j';
}

function isUp(key: Key): boolean {
  return key === 'up' || textOf(key) === 'k';
}

function toList(state: WatchState): WatchState {
  return { ...state, view: 'projects', loadFault: null };
}

/** Another filter begins at the first page. */
function filtered(state: WatchState, filter: Filter): WatchState {
  return { ...state, filter, cursors: [null], chosen: 0, loadFault: null };
}

const states = projectStateSchema.options;

function nextState(state: Filter['state']): Filter['state'] {
  return states[state === null ? 0 : states.indexOf(state) + 1] ?? null;
}

const maxPrefix = 63;

function whileTyping(state: WatchState, key: Key): WatchState {
  const { filter } = state;
  if (key === 'enter') return { ...state, typing: false };
  if (key === 'escape') return filtered({ ...state, typing: false }, { ...filter, prefix: '' });
  if (key === 'backspace') return filtered(state, { ...filter, prefix: filter.prefix.slice(0, -1) });
  // No id has anything else in it.
  const typed = textOf(key)
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]/g, '');
  if (typed === '') return state;
  return filtered(state, { ...filter, prefix: `${filter.prefix}${typed}`.slice(0, maxPrefix) });
}

function inList(state: WatchState, key: Key): WatchState {
  if (isDown(key)) return moved(state, 1);
  if (isUp(key)) return moved(state, -1);
  if (key === 'page down') return nextPage(state);
  if (key === 'page up') return pageBefore(state, 0);
  if (key === 'enter') return opened(state);
  if (key !== 'escape') return state;
  const { filter } = state;
  const isFiltered = filter.state !== null || filter.prefix !== '';
  return isFiltered ? filtered(state, { state: null, prefix: '' }) : { ...state, view: 'overview', loadFault: null };
}

function moved(state: WatchState, by: number): WatchState {
  const chosen = state.chosen + by;
  if (chosen < 0) return pageBefore(state, Number.MAX_SAFE_INTEGER);
  if (chosen >= (state.page?.answer.projects.length ?? 0)) return nextPage(state);
  return { ...state, chosen };
}

function nextPage(state: WatchState): WatchState {
  const next = state.page?.answer.next_cursor ?? null;
  // Pressed twice, it is still the same next page.
  if (next === null || state.cursors.at(-1) === next) return state;
  return { ...state, cursors: [...state.cursors, next], chosen: 0 };
}

/** With a project chosen as near to this one as there is. */
function pageBefore(state: WatchState, chosen: number): WatchState {
  if (state.cursors.length === 1) return { ...state, chosen: 0 };
  return { ...state, cursors: state.cursors.slice(0, -1), chosen };
}

function opened(state: WatchState): WatchState {
  const project = state.page?.answer.projects[state.chosen];
  if (project === undefined) return state;
  return { ...state, view: 'project', openId: project.id, details: null, scroll: 0, loadFault: null };
}

function inProject(state: WatchState, key: Key): WatchState {
  const page = Math.max(1, bodySize(state.size).rows - 1);
  if (key === 'escape') return toList(state);
  if (isDown(key)) return scrolled(state, 1);
  if (isUp(key)) return scrolled(state, -1);
  if (key === 'page down') return scrolled(state, page);
  if (key === 'page up') return scrolled(state, -page);
  return state;
}

function scrolled(state: WatchState, by: number): WatchState {
  const most = mostScroll(state, bodySize(state.size));
  return { ...state, scroll: Math.max(0, Math.min(most, state.scroll + by)) };
}
