import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { layout, picture } from '../../../src/cli/watch/layout.js';
import type { Line, Size } from '../../../src/cli/watch/lines.js';
import { firstState, type WatchState, wishOf } from '../../../src/cli/watch/model.js';
import { painted } from '../../../src/cli/watch/paint.js';
import {
  sampleArchive,
  sampleEvent,
  sampleExplanation,
  sampleProject,
  sampleServer,
} from '../../support/fake-valet.js';
import { busyOverview } from '../../support/watched.js';

const usual = { columns: 80, rows: 24 };

function stateOf(fields: Partial<WatchState> = {}, size: Size = usual): WatchState {
  return { ...firstState(busyOverview(), size, 0), ...fields };
}

function text(lines: readonly Line[]): string {
  return lines.map((line) => painted(line, false)).join('\n');
}

function inList(fields: Partial<WatchState> = {}): WatchState {
  const state = stateOf({ view: 'projects' });
  const projects = [
    sampleProject({ id: 'atlas', last_active_at: '2026-05-04T09:20:00.000Z' }),
    sampleProject({ id: 'notes', state: 'dormant', region: 'iad' }),
  ];
  return { ...state, page: { wish: wishOf(state), answer: { projects, next_cursor: 'notes' } }, ...fields };
}

const details = {
  project: sampleProject({ created_at: '2026-05-01T10:00:00.000Z' }),
  explanation: sampleExplanation(),
  archives: { current: '1', archives: [sampleArchive()], next_cursor: null },
  events: { events: [sampleEvent({ why: 'nobody used it' })], next_cursor: null },
};

const open: Partial<WatchState> = { view: 'project', openId: 'demo', details };

/** What a terminal or a text must not be able to do to the screen. */
const nasty = '\u001b[2J名前\u0301 🚀 \r\n\t of a very long story '.repeat(9);

const hostile = busyOverview({
  environment: nasty,
  events: [sampleEvent({ project_id: nasty, what: nasty, actor: nasty, why: nasty })],
  wakes: [
    {
      project_id: nasty,
      begun_at: '2026-05-04T09:00:00.000Z',
      how: 'rebuild',
      outcome: 'active',
      took_secs: 1e6,
      why: nasty,
    },
  ],
  locks: [{ name: 'sweep', lock: 101, holder: nasty }],
  server: sampleServer({ instance: nasty, version: nasty, stopping: true, degraded: true, listening: false }),
});

test.each([
  ['80x24', usual],
  ['120x40', { columns: 120, rows: 40 }],
  ['60x16', { columns: 60, rows: 16 }],
])('at %s the overview is this picture', async (name, size) => {
  const golden = await readFile(new URL(`screens/${name}.txt`, import.meta.url), 'utf8');
  expect(`${text(layout(stateOf({}, size)))}\n`).toBe(golden);
});

test('docs/watch.md shows the very picture at 80 × 24', async () => {
  const page = await readFile(new URL('../../../docs/watch.md', import.meta.url), 'utf8');
  expect(page).toContain(`\`\`\`\n${text(layout(stateOf()))}\n\`\`\``);
});

test('asked directly it has the locks alone, and says who tells loops; a blown fuse and a count that failed are said', () => {
  const overview = busyOverview({ server: null, projects: null, quarantined: 2 });
  const screen = text(layout(stateOf({ overview })));
  expect(screen).toContain('Valet prod at 10:00:00 UTC, asked directly');
  expect(screen).toContain('LOCKS (only valet serve tells loops)');
  expect(screen).toMatch(/replenish +held by app-1\n/);
  expect(screen).toMatch(/observe +-\n/);
  expect(screen).toContain('too many to be counted in time');
  expect(screen).toContain('FUSE blown: 2 in quarantine');
});

test('a pool that cannot be filled says where, and when it is tried again', () => {
  const { pool } = busyOverview();
  const region = (name: string) => ({ region: name, target: 1, ready: 0, provisioning: 0, outdated: 0, shortfall: 1 });
  const broken = {
    region: 'iad',
    image: 'image',
    failures: 4,
    opened_at: '2026-05-04T09:50:00.000Z',
    retry_at: '2026-05-04T10:03:00.000Z',
    last_error: 'no capacity',
  };
  const regions = ['ams', 'cdg', 'fra', 'iad', 'lhr', 'nrt', 'sjc'].map(region);
  const overview = busyOverview({ pool: { ...pool, mode: 'paused', shortfall: 7, regions, breakers: [broken] } });
  const screen = text(layout(stateOf({ overview })));
  expect(screen).toContain('POOL paused');
  expect(screen).toContain('7 short');
  expect(screen).toContain('iad keeps failing, next try in 3 min');
  expect(screen).toContain('and 3 more regions');
});

test('a picture that is old says since when, how long ago, and why', () => {
  const pollFault = { code: 'valet_unreachable', message: 'Valet does not answer.' };
  const [header] = layout(stateOf({ pollFault, nowMs: 12_000 }));
  expect(painted(header ?? [], false)).toBe(
    'STALE since 10:00:00 UTC, 12 s ago: valet_unreachable: Valet does not answer.',
  );
  const [late] = layout(stateOf({ nowMs: 9_000 }));
  expect(painted(late ?? [], false)).toBe('STALE since 10:00:00 UTC, 9 s ago: no answer yet');
});

test('the list has the chosen project marked, its filter and its place', () => {
  const screen = text(layout(inList({ chosen: 1, filter: { state: null, prefix: '' } }))).split('\n');
  expect(screen.slice(1, 5)).toEqual([
    'PROJECTS all but the deleted  page 1, more below',
    `  ID${' '.repeat(45)}STATE      REGION  LAST ACTIVE`,
    `  atlas${' '.repeat(42)}active     fra     40 min ago`,
    `> notes${' '.repeat(42)}dormant    iad     now`,
  ]);
  const reading = text(layout(inList({ filter: { state: 'lost', prefix: 'at' }, typing: true })));
  expect(reading).toContain('PROJECTS lost, id begins with at   reading …');
  expect(reading).toContain('type the beginning of an id');
  const fault = { code: 'database_unavailable', message: 'The database does not answer.' };
  expect(text(layout(inList({ loadFault: fault })))).toContain('The database does not answer. (database_unavailable)');
});

test('an open project is explained first, then described, with its archives and events', () => {
  const screen = text(layout(stateOf(open)));
  const places = ['PROJECT demo active', 'awake because', 'Next: ', 'machine:', 'ARCHIVES', '1  8 KiB', 'EVENTS'];
  const found = places.map((part) => screen.indexOf(part));
  expect(found).toEqual(found.toSorted((one, other) => one - other));
  expect(found).not.toContain(-1);
  expect(screen).toContain('archive begun, by sweep on local-1: nobody used it');
  expect(text(layout(stateOf({ ...open, scroll: 1 })))).not.toContain('awake because');
});

test('where there is no room it says so instead of drawing', () => {
  expect(text(layout(stateOf({}, { columns: 59, rows: 24 })))).toContain(
    'This terminal is 59 × 24;\n60 × 16 is needed.',
  );
  expect(text(layout(stateOf({}, { columns: 80, rows: 15 })))).not.toContain('PROJECTS');
});

test('no view is ever wider or higher than the terminal, whatever the text in it', () => {
  const views: Partial<WatchState>[] = [
    {},
    { overview: hostile },
    { helping: true },
    { view: 'projects' },
    { ...inList(), overview: hostile, loadFault: { code: 'internal', message: nasty } },
    open,
    { ...open, openId: nasty, details: { ...details, explanation: sampleExplanation({ summary: nasty }) } },
    { pollFault: { code: 'internal', message: nasty } },
  ];
  for (const columns of [1, 20, 60, 61, 80, 133, 300]) {
    for (const rows of [1, 2, 16, 17, 24, 25, 60]) {
      for (const view of views) {
        const lines = layout({ ...stateOf(view), size: { columns, rows } }).map((line) => painted(line, false));
        expect(lines).toHaveLength(rows);
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
        expect(lines.join('')).toMatch(/^[\x20-\x7e\u00a1-\u024f\u2010-\u205e\u2190-\u2193\u2500-\u259f]*$/);
      }
    }
  }
});

test('colours are in the picture only where they are wanted', () => {
  const [header = []] = picture(busyOverview(), usual);
  expect(painted(header, true)).toContain('\u001b[1mValet prod');
  expect(painted(header, false)).not.toContain('\u001b');
});
