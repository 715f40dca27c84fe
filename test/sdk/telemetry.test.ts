import { describe, expect, it } from 'vitest';
import { ValetError } from '../../src/sdk/errors.js';
import { isLeftAlone } from '../../src/sdk/projects/measured-archive.js';
import { wakeResult } from '../../src/sdk/projects/measured-wake.js';
import { shielded } from '../../src/sdk/telemetry.js';
import { TestTelemetry } from '../support/telemetry.js';

const call = { call: 'getApp', target: '', attempt: 1, status: 200, queuedMs: 0, durationMs: 1 } as const;
const wake = { kind: 'warm', outcome: 'ok', durationMs: 1 } as const;
const claim = { outcome: 'hit', region: 'sjc' } as const;
const archive = { outcome: 'archived', durationMs: 1, bytes: 1 } as const;
const sweep = { outcome: 'done', archived: 1, kept: 0, failed: 0, leftOver: 0 } as const;

describe('a shielded measurer', () => {
  it('is told everything', () => {
    const told = new TestTelemetry();
    const { flyCall, ...rest } = shielded(told);
    flyCall(call);
    rest.wake(wake);
    rest.claim(claim);
    rest.archive(archive);
    rest.sweep(sweep);
    expect(told).toMatchObject({
      flyCalls: [call],
      wakes: [wake],
      claims: [claim],
      archives: [archive],
      sweeps: [sweep],
    });
  });

  it('may throw without disturbing what it measures', () => {
    const broken = () => {
      throw new Error('a defect of the measurer');
    };
    const telemetry = shielded({ flyCall: broken, wake: broken, claim: broken, archive: broken, sweep: broken });
    telemetry.flyCall(call);
    telemetry.wake(wake);
    telemetry.claim(claim);
    telemetry.archive(archive);
    expect(() => telemetry.sweep(sweep)).not.toThrow();
  });
});

it.each([
  ['ok', undefined, false],
  ['failed', new ValetError('wake_failed', 'It failed.'), false],
  ['given_up', new ValetError('wake_failed', 'It failed.'), true],
  ['given_up', new ValetError('state_changed', 'Another took over.'), false],
] as const)('a wake is told as %s', (result, failure, interrupted) => {
  expect(wakeResult(failure, interrupted)).toBe(result);
});

it('an archive that is left alone is no failure, one that is not proven is', () => {
  expect(isLeftAlone('machine_busy')).toBe(true);
  expect(isLeftAlone('cannot_restore')).toBe(true);
  expect(isLeftAlone('archive_unproven')).toBe(false);
  expect(isLeftAlone('fly_failed')).toBe(false);
});
