import type { Claim } from '../claim.js';

/** What counts as use, and what else may come over the wire. */
export const edgeClaims = {
  'activity.status-is-no-use': {
    group: 'activity',
    level: 'must',
    basic: 'may leave out',
    says: 'Calls of the protocol do not move last_activity_at.',
    rests: 'else upkeep would keep every project awake',
  },
  'activity.observers': {
    group: 'activity',
    level: 'should',
    basic: 'may leave out',
    says: 'A request that only looks (state=observer) does not move last_activity_at.',
    rests: 'serve it, and do not take it',
  },
  'activity.reports': {
    group: 'activity',
    level: 'must',
    basic: 'may leave out',
    says: 'Activity is reported for its own project, with its own secret.',
    rests: '`POST VALET_CONTROL_URL/api/projects/ID/activity` and your secret',
  },
  'paths.unknown': {
    group: 'paths',
    level: 'must',
    basic: 'too',
    says: 'GET, HEAD and POST of an unknown path below /internal/ are answered 404.',
    rests: 'no such call',
  },
  'paths.method': {
    group: 'paths',
    level: 'should',
    basic: 'too',
    says: 'A GET of a call that is a POST is refused with 4xx.',
    rests: 'wrong method',
  },
  'bodies.malformed': {
    group: 'bodies',
    level: 'must',
    basic: 'too',
    says: 'A body that is no JSON or lacks its fields is refused: by a full server with 4xx.',
    rests: 'the body is not as it should be',
  },
  'bodies.unknown-fields': {
    group: 'bodies',
    level: 'should',
    basic: 'too',
    says: 'Fields that it does not know are ignored.',
    rests: 'Ignore fields that you do not know',
  },
  'bodies.huge': {
    group: 'bodies',
    level: 'should',
    basic: 'may leave out',
    says: 'A body of 8 MiB is refused.',
    rests: 'a body over 64 KiB',
  },
  'bodies.alive': {
    group: 'bodies',
    level: 'must',
    basic: 'too',
    says: 'After all of these the server still answers.',
    rests: 'No body may end your program',
  },
} as const satisfies Readonly<Record<string, Claim>>;
