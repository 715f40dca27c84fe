import { describe, expect, it } from 'vitest';
import { ValetError } from '../../src/sdk/errors.js';
import { FlyTransportError } from '../../src/sdk/fly/transport-error.js';
import { isLeftAlone } from '../../src/sdk/projects/measured-archive.js';
import { wakeResult } from '../../src/sdk/projects/measured-wake.js';
import { type Telemetry, toldTo } from '../../src/sdk/telemetry.js';
import { TestTelemetry } from '../support/telemetry.js';

const call = { call: 'getApp', target: '', attempt: 1, status: 200, queuedMs: 0, durationMs: 1, cause: null } as const;
const wake = { kind: 'warm', outcome: 'ok', durationMs: 1 } as const;
const claim = { outcome: 'hit', region: 'sjc' } as const;
const archive = { outcome: 'archived', durationMs: 1, bytes: 1 } as const;
const sweep = { outcome: 'done', archived: 1, kept: 0, failed: 0, leftOver: 0 } as const;

const failure = {
  call: 'getApp',
  target: '',
  attempts: 1,
  cause: null,
  error: new FlyTransportError({ call: 'getApp', target: 'app', sent: 'no', kind: 'timeout', reason: 'no answer' }),
} as const;

function tellEverything(telemetry: Telemetry): void {
  telemetry.flyCall(call);
  telemetry.flyFailure(failure);
  telemetry.wake(wake);
  telemetry.claim(claim);
  telemetry.archive(archive);
  telemetry.sweep(sweep);
}

describe('those who want to be told', () => {
  it('are each told everything', () => {
    const all = [new TestTelemetry(), new TestTelemetry()];
    tellEverything(toldTo(all));
    for (const told of all)
      expect(told).toMatchObject({
        flyCalls: [call],
        flyFailures: [failure],
        wakes: [wake],
        claims: [claim],
        archives: [archive],
        sweeps: [sweep],
      });
  });

  it('may throw without disturbing the work or the others', () => {
    const broken = () => {
      throw new Error('a defect of the measurer');
    };
    const all = { flyCall: broken, flyFailure: broken, wake: broken, claim: broken, archive: broken, sweep: broken };
    const other = new TestTelemetry();
    expect(() => tellEverything(toldTo([all, other]))).not.toThrow();
    expect(other.sweeps).toEqual([sweep]);
  });

  it('may care for a part only, and may be nobody', () => {
    expect(() => tellEverything(toldTo([{}]))).not.toThrow();
    expect(() => tellEverything(toldTo([]))).not.toThrow();
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
