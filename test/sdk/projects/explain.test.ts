import { describe, expect, it } from 'vitest';
import type { ProjectFacts } from '../../../src/sdk/database/explaining.js';
import { relative, span } from '../../../src/sdk/projects/explain/told.js';
import { explain } from '../../../src/sdk/projects/explain.js';

const thresholdSecs = 7 * 86_400;
const now = new Date('2026-03-10T12:00:00Z');
const hours = (count: number) => new Date(now.getTime() + count * 3_600_000);

function facts(fields: Partial<ProjectFacts>): ProjectFacts {
  return {
    id: 'demo',
    state: 'active',
    now,
    last_active_at: hours(-72),
    created_at: hours(-500),
    deleted_at: null,
    hold_until: null,
    own_threshold_secs: null,
    transition_owner: null,
    transition_began_at: null,
    transition_deadline: null,
    wake_requested: false,
    wake_failures: 0,
    wake_retry_at: null,
    wake_failure: null,
    archive_failures: 0,
    archive_retry_at: null,
    archive_failure: null,
    fly_state: 'started',
    current_archive_id: null,
    archived_at: null,
    newest_archive_id: null,
    newest_archive_at: null,
    archives: 0,
    volume_kept_until: null,
    ...fields,
  };
}

const explained = (fields: Partial<ProjectFacts>) => explain(facts(fields), thresholdSecs);

describe('why it is awake', () => {
  it('says when it was last used, and from when on a sweep may archive it', () => {
    expect(explained({})).toEqual({
      project_id: 'demo',
      state: 'active',
      summary: 'It is awake: last used 3 days ago.',
      reasons: [
        'It was last used at 2026-03-07T12:00:00Z; it is archived after 7 days without use.',
        'Fly last reported its machine as started.',
      ],
      next: 'If nobody uses it, a sweep may archive it from 2026-03-14T12:00:00Z on.',
      archived_at_earliest: '2026-03-14T12:00:00.000Z',
    });
  });

  it('a suspended machine is named as such', () => {
    expect(explained({ fly_state: 'suspended' })).toMatchObject({
      state: 'suspended',
      summary: 'Its machine is suspended until the next request; it was last used 3 days ago.',
    });
  });

  it('a threshold of its own counts instead', () => {
    const { reasons, archived_at_earliest } = explained({ own_threshold_secs: 100 * 3600 });
    expect(reasons[0]).toMatch(/after 4 days without use, by a threshold of its own\.$/);
    expect(archived_at_earliest).toBe(hours(28).toISOString());
  });

  it('a hold comes first, and puts the sweep off for no longer than it lasts', () => {
    const { reasons, archived_at_earliest } = explained({ hold_until: hours(200) });
    expect(reasons[0]).toBe('An operator holds it until 2026-03-18T20:00:00Z.');
    expect(archived_at_earliest).toBe(hours(200).toISOString());
    expect(explained({ hold_until: hours(1) }).archived_at_earliest).toBe(hours(96).toISOString());
    expect(explained({ hold_until: hours(-1) }).reasons[0]).not.toContain('holds');
  });

  it('a failed archive is named with its reason and its back-off', () => {
    const failed = { archive_failures: 2, archive_retry_at: hours(120), archive_failure: 'size should be 5 and is 4.' };
    const { reasons, archived_at_earliest } = explained(failed);
    expect(reasons[0]).toBe(
      'Archiving it failed 2 times in a row, and is not tried again before 2026-03-15T12:00:00Z: size should be 5 and is 4.',
    );
    expect(archived_at_earliest).toBe(hours(120).toISOString());
  });

  it('what is idle for long enough may go with the next sweep', () => {
    expect(explained({ last_active_at: hours(-200) }).next).toMatch(/^The next sweep may archive it/);
  });
});

describe('why it is asleep', () => {
  const asleep = {
    state: 'dormant',
    current_archive_id: 'a1',
    archived_at: hours(-5),
    archives: 2,
    fly_state: null,
  } as const;

  it('says since when, what wakes it and from what', () => {
    expect(explained({ ...asleep, volume_kept_until: hours(43) })).toEqual({
      project_id: 'demo',
      state: 'dormant',
      summary: 'It is asleep: it was archived 5 hours ago.',
      reasons: [
        'It wakes from archive a1, proven at 2026-03-10T07:00:00Z; archives kept: 2.',
        'The volume that it last ran on is kept until 2026-03-12T07:00:00Z: until then archiving it can be undone.',
      ],
      next: 'The next request wakes it, and waits for it.',
      archived_at_earliest: null,
    });
  });

  it('a failed wake is named with its reason, and what an operator may do', () => {
    const failed = { wake_failures: 1, wake_retry_at: hours(0.1), wake_failure: 'The archive is not in the store' };
    expect(explained({ ...asleep, ...failed })).toMatchObject({
      summary: 'It is asleep and could not be woken; it is tried again in 6 minutes at the earliest.',
      reasons: ['Waking it failed once: The archive is not in the store.', expect.any(String)],
      next: 'Requests are refused until 2026-03-10T12:06:00Z. An operator may wake it at once, or restore an earlier archive.',
    });
  });
});

describe('why it is lost', () => {
  it('names the archive that it can be restored from, and what that does not hold', () => {
    const lost = { state: 'lost', newest_archive_id: 'a7', newest_archive_at: hours(-100), archives: 3 } as const;
    const { summary, reasons, next } = explained(lost);
    expect(summary).toMatch(/^It is lost/);
    expect(reasons).toContain('Its newest archive, a7, is of 2026-03-06T08:00:00Z: what was written later is lost.');
    expect(next).toBe('An operator may restore it from archive a7; by itself nothing happens.');
  });

  it('says so where there is none', () => {
    expect(explained({ state: 'lost' }).next).toBe('There is nothing that it could be restored from.');
  });
});

describe('what is passing or gone', () => {
  const passing = { transition_owner: 'valet-1', transition_began_at: hours(-0.01), transition_deadline: hours(0.01) };

  it.each([
    ['creating', 'It is being created'],
    ['archiving', 'It is being archived'],
    ['waking', 'It is being woken'],
  ] as const)('%s names who is at work on it and what happens should they die', (state, summary) => {
    const told = explained({ state, ...passing });
    expect(told.summary).toBe(`${summary}, begun 36 seconds ago.`);
    expect(told.reasons).toEqual(['Instance valet-1 is at work on it.']);
    expect(told.next).toMatch(/^Requests wait for it\. Should its instance die, .+\.$/);
  });

  it('an archive that somebody’s request cancels, and an owner that fell silent, are named first', () => {
    const told = explained({ state: 'archiving', ...passing, transition_deadline: hours(-1), wake_requested: true });
    expect(told.reasons).toEqual([
      'That instance has fallen silent: another takes over within seconds.',
      'Somebody wants it: the archive will be cancelled.',
      'Instance valet-1 is at work on it.',
    ]);
  });

  it('a deleted project says when, and what is left of it', () => {
    expect(explained({ state: 'deleted', deleted_at: hours(-3), archives: 2 })).toMatchObject({
      summary: 'It was deleted 3 hours ago.',
      next: 'Its archives (2) can be read until they are deleted too. Its id is not given out again.',
    });
  });
});

it.each([
  [1, '1 second'],
  [119, '119 seconds'],
  [120, '2 minutes'],
  [7199, '119 minutes'],
  [172_800, '2 days'],
])('%i seconds are told as %s', (secs, text) => {
  expect(span(secs)).toBe(text);
  expect(relative(new Date(now.getTime() + secs * 1000), now)).toBe(`in ${text}`);
});
