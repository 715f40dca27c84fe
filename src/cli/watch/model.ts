import type {
  ArchivePage,
  EventPage,
  Explanation,
  Overview,
  Project,
  ProjectPage,
  ShownProjectState,
} from '../../sdk/resources.js';
import type { Size } from './lines.js';

export type View = 'overview' | 'projects' | 'project';

export interface Filter {
  readonly state: ShownProjectState | null;
  readonly prefix: string;
}

/** A page of projects, as it is asked for. */
export interface ListWish extends Filter {
  readonly cursor: string | null;
  readonly limit: number;
}

export interface ProjectDetails {
  readonly project: Project;
  readonly explanation: Explanation;
  readonly archives: ArchivePage;
  readonly events: EventPage;
}

/** Why something could not be read. */
export interface Fault {
  readonly code: string;
  readonly message: string;
}

/** All that the screen shows is made of this. */
export interface WatchState {
  readonly size: Size;
  readonly view: View;
  /** Keys are text for the filter. */
  readonly typing: boolean;
  readonly helping: boolean;
  readonly ended: boolean;
  readonly nowMs: number;
  readonly overview: Overview;
  /** When it arrived. */
  readonly overviewAtMs: number;
  /** Why the last poll failed; null when it did not. */
  readonly pollFault: Fault | null;
  readonly filter: Filter;
  /** Where the pages begin through which one has gone; the last is the one that is looked at. */
  readonly cursors: readonly (string | null)[];
  /** The last page that arrived; it may still be that of an earlier wish. */
  readonly page: { readonly wish: ListWish; readonly answer: ProjectPage } | null;
  readonly chosen: number;
  readonly openId: string | null;
  readonly details: ProjectDetails | null;
  /** Lines of the open project that are above the screen. */
  readonly scroll: number;
  /** Why the list or the open project could not be read. */
  readonly loadFault: Fault | null;
}

export type Key =
  | 'up'
  | 'down'
  | 'page up'
  | 'page down'
  | 'enter'
  | 'escape'
  | 'backspace'
  | 'ctrl-c'
  | { readonly text: string };

export type Action =
  | { readonly kind: 'resized'; readonly size: Size }
  | { readonly kind: 'ticked'; readonly nowMs: number }
  | { readonly kind: 'polled'; readonly overview: Overview; readonly nowMs: number }
  | { readonly kind: 'poll_failed'; readonly fault: Fault; readonly nowMs: number }
  | { readonly kind: 'listed'; readonly wish: ListWish; readonly answer: ProjectPage }
  | { readonly kind: 'opened'; readonly details: ProjectDetails }
  | { readonly kind: 'load_failed'; readonly fault: Fault }
  | { readonly kind: 'pressed'; readonly key: Key };

export function firstState(overview: Overview, size: Size, nowMs: number): WatchState {
  return {
    size,
    view: 'overview',
    typing: false,
    helping: false,
    ended: false,
    nowMs,
    overview,
    overviewAtMs: nowMs,
    pollFault: null,
    filter: { state: null, prefix: '' },
    cursors: [null],
    page: null,
    chosen: 0,
    openId: null,
    details: null,
    scroll: 0,
    loadFault: null,
  };
}

/** What must be read besides the overview for what is looked at. */
export type Want =
  | { readonly kind: 'list'; readonly wish: ListWish }
  | { readonly kind: 'project'; readonly id: string };

export function wantOf(state: WatchState): Want | null {
  if (state.view === 'projects') return { kind: 'list', wish: wishOf(state) };
  if (state.view === 'project' && state.openId !== null) return { kind: 'project', id: state.openId };
  return null;
}

/** Beside the rows of the list there are a line above all, a title, the heads of its columns, and the keys. */
const otherRows = 4;

export function wishOf({ filter, cursors, size }: WatchState): ListWish {
  const limit = Math.max(1, Math.min(500, size.rows - otherRows));
  return { ...filter, cursor: cursors.at(-1) ?? null, limit };
}

export function isSameWish(one: ListWish, other: ListWish): boolean {
  return (
    one.state === other.state && one.prefix === other.prefix && one.cursor === other.cursor && one.limit === other.limit
  );
}
