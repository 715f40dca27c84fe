import { expect, test } from 'vitest';
import { eventLines } from '../../../src/cli/views/events.js';
import { ago, sampleEvent } from '../../support/fake-valet.js';

const request = 'request:7f3a@local-2';

test('what happened in one epoch stands together, and tells time, epoch and actor only once', () => {
  const lines = eventLines(
    [
      sampleEvent({ at: ago(2), what: 'activated', epoch: 4, actor: 'local-2' }),
      sampleEvent({ at: ago(2), what: 'claimed', epoch: 4, actor: 'local-2' }),
      sampleEvent({ at: ago(3), what: 'wake_begun', epoch: 4, actor: request }),
      sampleEvent({ at: ago(3600), what: 'held', epoch: null, actor: 'operator@local-1', why: 'for 2 h' }),
      sampleEvent({ at: ago(10_800), what: 'archived', epoch: 3, actor: 'sweep@local-1' }),
    ],
    { columns: undefined },
  );
  expect(lines).toBe(
    [
      '2 s ago  activated, epoch 4, by local-2',
      '         claimed',
      '3 s ago  wake begun, by request 7f3a on local-2',
      '1 h ago  held, by operator on local-1',
      '           for 2 h',
      '',
      '3 h ago  archived, epoch 3, by sweep on local-1',
    ].join('\n'),
  );
});

test('a reason that is longer than the terminal goes on below itself', () => {
  const why = 'the machine answered nothing for so long that it was given up';
  const lines = eventLines([sampleEvent({ at: ago(2), why })], { columns: 40 });
  expect(lines.split('\n').slice(1)).toEqual([
    '           the machine answered nothing',
    '           for so long that it was given',
    '           up',
  ]);
});
