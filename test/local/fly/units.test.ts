import { describe, expect, it } from 'vitest';
import { Clock } from '../../../src/local/clock.js';
import { newMachineId, newUlid, newVolumeId } from '../../../src/local/fly/ids.js';
import { stopOrder } from '../../../src/local/fly/machines/config/stop-order.js';
import { formatDuration, parseDurationMs } from '../../../src/local/fly/machines/duration.js';
import { guestFault, guestOfSize } from '../../../src/local/fly/machines/guest.js';
import { afterExit, RecentRestarts } from '../../../src/local/fly/machines/restart-policy.js';

describe('ids', () => {
  it('have the shape of those of Fly', () => {
    expect(newMachineId()).toMatch(/^[0-9a-f]{14}$/);
    expect(newVolumeId()).toMatch(/^vol_[0-9a-z]{16}$/);
    // The time part of the ULID specification's own example.
    expect(newUlid(1469918176385)).toMatch(/^01ARYZ6S41[0-9A-HJKMNP-TV-Z]{16}$/);
  });

  it('of versions sort by time and differ within one millisecond', () => {
    expect(newUlid(1000) < newUlid(2000)).toBe(true);
    expect(newUlid(1000)).not.toBe(newUlid(1000));
  });
});

describe('durations', () => {
  it('are Go strings or whole nanoseconds', () => {
    expect(parseDurationMs('1m30s')).toBe(90_000);
    expect(parseDurationMs('1.5s')).toBe(1500);
    expect(parseDurationMs('250ms')).toBe(250);
    expect(parseDurationMs('1000000h')).toBe(3_600_000_000_000);
    for (const tooLong of ['9000000h', 1e300, Number.POSITIVE_INFINITY])
      expect(parseDurationMs(tooLong)).toBeUndefined();
    expect(parseDurationMs(5_000_000_000)).toBe(5000);
    for (const wrong of ['', '5', 's', '5 s', '-1s', 1.5]) expect(parseDurationMs(wrong), `${wrong}`).toBeUndefined();
  });
});

describe('durations in replies', () => {
  it('are written as Go writes them', () => {
    const written = [90_000, 250, 1500, 3_600_000, 0, 0.5, 0.000001].map(formatDuration);
    expect(written).toEqual(['1m30s', '250ms', '1.5s', '1h0m0s', '0s', '500µs', '1ns']);
  });
});

describe('guests', () => {
  it('of a named size have its least memory', () => {
    expect(guestOfSize('shared-cpu-2x')).toEqual({ cpu_kind: 'shared', cpus: 2, memory_mb: 512 });
    expect(guestOfSize('performance-4x')).toEqual({ cpu_kind: 'performance', cpus: 4, memory_mb: 8192 });
    expect(guestOfSize('shared-cpu-3x')).toBeUndefined();
    expect(guestOfSize('huge')).toBeUndefined();
  });

  it('come in steps', () => {
    expect(guestFault({ cpu_kind: 'shared', cpus: 1, memory_mb: 512 })).toBeUndefined();
    expect(guestFault({ cpu_kind: 'shared', cpus: 1, memory_mb: 300 })).toContain('multiple of 256');
  });
});

describe('the restart policy', () => {
  it('restarts failures by default, successes only with always, and never beyond its bound', () => {
    expect(afterExit(undefined, 'failed', 9)).toBe('restart');
    expect(afterExit(undefined, 'failed', 10)).toBe('rest');
    expect(afterExit(undefined, 'succeeded', 0)).toBe('rest');
    expect(afterExit({ policy: 'always' }, 'succeeded', 0)).toBe('restart');
    expect(afterExit({ policy: 'spot-price' }, 'failed', 0)).toBe('restart');
    expect(afterExit({ policy: 'no' }, 'failed', 0)).toBe('rest');
    expect(afterExit({ policy: 'on-failure', max_retries: 2 }, 'failed', 2)).toBe('rest');
  });

  it('counts the restarts of the last five minutes', async () => {
    const clock = new Clock();
    clock.hold();
    const restarts = new RecentRestarts(clock);
    restarts.add();
    await clock.advance(4 * 60_000);
    restarts.add();
    expect(restarts.count).toBe(2);
    await clock.advance(60_000);
    expect(restarts.count).toBe(1);
    restarts.forget();
    expect(restarts.count).toBe(0);
  });
});

describe('the order to stop', () => {
  const config = { image: 'any', stop_config: { signal: 'SIGTERM', timeout: '20s' } } as const;

  it('is that of the request, else of the config, else SIGINT and 5 seconds; never more than 5 minutes', () => {
    expect(stopOrder(config, { signal: 'SIGHUP', timeout: '1s' })).toEqual({ signal: 'SIGHUP', timeoutMs: 1000 });
    expect(stopOrder(config)).toEqual({ signal: 'SIGTERM', timeoutMs: 20_000 });
    expect(stopOrder({ image: 'any' })).toEqual({ signal: 'SIGINT', timeoutMs: 5000 });
    expect(stopOrder(config, { timeout: '10m' })).toMatchObject({ timeoutMs: 300_000 });
  });

  it("takes the 0s that the vendor's client always sends for no time at all", () => {
    expect(stopOrder(config, { timeout: '0s' })).toMatchObject({ timeoutMs: 20_000 });
    expect(stopOrder({ image: 'any' }, { timeout: '0s' })).toMatchObject({ timeoutMs: 5000 });
  });
});
