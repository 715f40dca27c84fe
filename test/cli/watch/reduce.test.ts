import { expect, test } from 'vitest';
import { firstState, type Key, type WatchState, wantOf, wishOf } from '../../../src/cli/watch/model.js';
import { reduce } from '../../../src/cli/watch/reduce.js';
import { sampleArchive, sampleEvent, sampleExplanation, sampleProject } from '../../support/fake-valet.js';
import { busyOverview } from '../../support/watched.js';

const size = { columns: 80, rows: 24 };
const first = firstState(busyOverview(), size, 0);

function press(state: WatchState, ...keys: Key[]): WatchState {
  return keys.reduce((before, key) => reduce(before, { kind: 'pressed', key }), state);
}

function type(state: WatchState, text: string): WatchState {
  return press(state, ...[...text].map((letter) => ({ text: letter })));
}

/** The page that is wished for arrives. */
function arrived(state: WatchState, ids: readonly string[], next: string | null = null): WatchState {
  const answer = { projects: ids.map((id) => sampleProject({ id })), next_cursor: next };
  return reduce(state, { kind: 'listed', wish: wishOf(state), answer });
}

const listed = arrived(type(first, 'p'), ['a', 'b', 'c'], 'c');

function opened(id: string) {
  return {
    kind: 'opened' as const,
    details: {
      project: sampleProject({ id }),
      explanation: sampleExplanation(),
      archives: { current: null, archives: [sampleArchive()], next_cursor: null },
      events: { events: Array.from({ length: 30 }, () => sampleEvent()), next_cursor: null },
    },
  };
}

test('q ends it from everywhere but the filter, where it is a letter; Ctrl-C always does', () => {
  for (const state of [first, listed, press(listed, 'enter'), type(first, '?')])
    expect(type(state, 'q').ended).toBe(true);
  const typing = type(first, '/q');
  expect(typing).toMatchObject({ ended: false, filter: { prefix: 'q' } });
  expect(press(typing, 'ctrl-c').ended).toBe(true);
});

test('the overview asks for nothing else; the list for its page; an open project for itself', () => {
  expect(wantOf(first)).toBeNull();
  expect(wantOf(listed)).toEqual({ kind: 'list', wish: { state: null, prefix: '', cursor: null, limit: 20 } });
  expect(wantOf(press(listed, 'down', 'enter'))).toEqual({ kind: 'project', id: 'b' });
});

test('what is typed narrows the list by the beginning of an id, and begins at its first page again', () => {
  const second = press(listed, 'page down');
  expect(wishOf(second).cursor).toBe('c');
  expect(wishOf(type(second, '/De_Mo!'))).toMatchObject({ prefix: 'demo', cursor: null });
  expect(type(second, `/${'x'.repeat(80)}`).filter.prefix).toHaveLength(63);
  const typed = type(second, '/dem');
  expect(press(typed, 'backspace').filter.prefix).toBe('de');
  expect(press(typed, 'enter')).toMatchObject({ typing: false, filter: { prefix: 'dem' } });
  expect(press(typed, 'escape')).toMatchObject({ typing: false, view: 'projects', filter: { prefix: '' } });
});

test('s goes through the states and ends at none', () => {
  expect(type(first, 's')).toMatchObject({ view: 'projects', filter: { state: 'creating' } });
  expect(type(first, 's'.repeat(8)).filter.state).toBe('deleted');
  expect(type(first, 's'.repeat(9)).filter.state).toBeNull();
});

test('the choice moves over the ends of a page to the next and to the one before', () => {
  expect(press(listed, 'up').chosen).toBe(0);
  const next = press(listed, 'down', 'down', 'down');
  expect(next).toMatchObject({ cursors: [null, 'c'], chosen: 0 });
  expect(press(next, 'page down').cursors).toEqual([null, 'c']);
  const back = press(arrived(next, ['d']), 'up');
  expect(back.cursors).toEqual([null]);
  expect(arrived(back, ['a', 'b', 'c'], 'c').chosen).toBe(2);
  expect(press(arrived(next, ['d']), 'down').cursors).toEqual([null, 'c']);
});

test('j and k are down and up', () => {
  expect(type(listed, 'jj')).toEqual(press(listed, 'down', 'down'));
  expect(type(listed, 'jjk')).toEqual(press(listed, 'down', 'down', 'up'));
});

test('an answer to what is no longer asked changes nothing', () => {
  const wish = wishOf(listed);
  const narrowed = type(listed, '/b');
  expect(reduce(narrowed, { kind: 'listed', wish, answer: { projects: [], next_cursor: null } })).toBe(narrowed);
  const other = press(listed, 'enter', 'escape', 'down', 'enter');
  expect(reduce(other, opened('a'))).toBe(other);
  expect(reduce(other, opened('b')).details?.project.id).toBe('b');
});

test('Esc goes back: out of the project, out of the filter, out of the list', () => {
  const open = press(type(listed, 's'), 'enter');
  const list = press(open, 'escape');
  expect(list).toMatchObject({ view: 'projects', filter: { state: 'creating' } });
  expect(press(list, 'escape')).toMatchObject({ view: 'projects', filter: { state: null } });
  expect(press(list, 'escape', 'escape').view).toBe('overview');
});

test('an open project scrolls to its end and no further', () => {
  const open = reduce(press(listed, 'enter'), opened('a'));
  const end = press(open, ...Array.from({ length: 9 }, (): Key => 'page down'));
  expect(end.scroll).toBeGreaterThan(10);
  expect(press(end, 'down')).toEqual(end);
  expect(press(end, 'up').scroll).toBe(end.scroll - 1);
  expect(press(open, 'up').scroll).toBe(0);
});

test('a failed poll keeps the last picture, and the next that succeeds ends the note', () => {
  const fault = { code: 'valet_unreachable', message: 'away' };
  const failed = reduce(first, { kind: 'poll_failed', fault, nowMs: 4_000 });
  expect(failed).toMatchObject({ overview: first.overview, overviewAtMs: 0, nowMs: 4_000, pollFault: fault });
  const overview = busyOverview({ environment: 'next' });
  expect(reduce(failed, { kind: 'polled', overview, nowMs: 6_000 })).toMatchObject({
    overview,
    overviewAtMs: 6_000,
    pollFault: null,
  });
});

test('another size asks for a page of another length', () => {
  const larger = reduce(listed, { kind: 'resized', size: { columns: 80, rows: 40 } });
  expect(wishOf(larger).limit).toBe(36);
  expect(reduce(larger, { kind: 'resized', size: { columns: 80, rows: 40 } })).toBe(larger);
});

test('? shows what the keys do, and any key goes back', () => {
  expect(type(first, '?').helping).toBe(true);
  expect(press(type(first, '?'), 'escape')).toMatchObject({ helping: false, view: 'overview' });
});
