import { expect, it } from 'vitest';
import { ValetError } from '../../../src/sdk/errors.js';
import { isMachinesFault } from '../../../src/sdk/pool/machines-fault.js';

const fly = (advice: string) => new ValetError('fly_failed', 'refused', { details: { advice } });

it.each([
  ['it does not answer', new ValetError('machine_unreachable', 'silent'), true],
  ['it refuses', new ValetError('machine_refused', 'no'), true],
  ['it is gone', new ValetError('no_machine', 'destroyed'), true],
  ['its host is full', fly('retry-elsewhere-host'), true],
  ['Fly forgot it', fly('gone'), true],
  ['Fly is not well', fly('retry'), false],
  ['Fly refuses the token', fly('give-up'), false],
  ['Fly does not answer', new ValetError('fly_failed', 'silence', { details: { sent: 'maybe' } }), false],
  ['the archive is bad', new ValetError('restore_failed', 'checksum'), false],
  ['the store is away', new ValetError('store_failed', 'silence'), false],
  ['somebody has taken over', new ValetError('state_changed', 'lost'), false],
  ['the code has a fault', new TypeError('undefined'), false],
] as const)('another machine is tried when %s: %s is %s', (_, error, another) => {
  expect(isMachinesFault(error)).toBe(another);
});
