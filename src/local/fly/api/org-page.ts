import { refusals } from '../refusal.js';
import { booleanIn, listIn, wholeIn } from './query.js';

/** What an organisation-wide list can be asked for. Source: docs.machines.dev. */
export interface OrgQuery {
  readonly includeDeleted: boolean;
  readonly summary: boolean;
  readonly regions: readonly string[];
  readonly states: readonly string[];
  readonly after: Place | undefined;
  readonly limit: number;
}

/** A place in the order of such a list: by the time of the last change, then by id. */
export interface Place {
  readonly updatedAtMs: number;
  readonly id: string;
}

const maxItems = 1000;

/** @throws FlyRefusal 400 for values that cannot be read */
export function orgQuery(query: URLSearchParams): OrgQuery {
  const limit = wholeIn(query, 'limit', { min: 1, max: Number.MAX_SAFE_INTEGER, fallback: maxItems });
  return {
    includeDeleted: booleanIn(query, 'include_deleted'),
    summary: booleanIn(query, 'summary'),
    regions: listIn(query, 'region'),
    states: listIn(query, 'state'),
    after: placeIn(query.get('cursor') ?? '') ?? updatedAfter(query.get('updated_after') ?? ''),
    // Advisory: asking for more is no fault.
    limit: Math.min(limit, maxItems),
  };
}

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Empty when there is no more. */
  readonly nextCursor: string;
  readonly last: Place | undefined;
}

export interface Listed extends Place {
  readonly region: string;
  readonly state: string;
}

/** The oldest that fit, behind the place that was asked for. */
export function pageOf<Item extends Listed>(items: readonly Item[], query: OrgQuery): Page<Item> {
  const { after, regions, states, limit } = query;
  const fitting = items
    .filter(({ region }) => regions.length === 0 || regions.includes(region))
    .filter(({ state }) => states.length === 0 || states.includes(state))
    .toSorted(byPlace)
    .filter((item) => after === undefined || byPlace(item, after) > 0);
  const page = fitting.slice(0, limit);
  const last = page.at(-1);
  return { items: page, nextCursor: last === undefined || page.length === fitting.length ? '' : cursorOf(last), last };
}

function byPlace(a: Place, b: Place): number {
  return a.updatedAtMs - b.updatedAtMs || (a.id < b.id ? -1 : Number(a.id > b.id));
}

function cursorOf({ updatedAtMs, id }: Place): string {
  return Buffer.from(`${updatedAtMs} ${id}`).toString('base64url');
}

function placeIn(cursor: string): Place | undefined {
  if (cursor === '') return undefined;
  const [, updatedAtMs, id] = /^(\d+) (\S+)$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (id === undefined) throw refusals.invalid('malformed cursor');
  return { updatedAtMs: Number(updatedAtMs), id };
}

/** Behind everything that changed at this very time. */
function updatedAfter(time: string): Place | undefined {
  if (time === '') return undefined;
  const isRfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i.test(time);
  const updatedAtMs = isRfc3339 ? Date.parse(time) : Number.NaN;
  if (Number.isNaN(updatedAtMs)) throw refusals.invalid('updated_after must be a time as in RFC 3339');
  return { updatedAtMs, id: '\uffff' };
}
