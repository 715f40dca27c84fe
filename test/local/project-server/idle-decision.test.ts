import { describe, expect, it } from 'vitest';
import { type IdleSight, idleDecision } from '../../../src/local/project-server/idle-decision.js';

const afterMs = 60_000;
const idle: IdleSight = {
  configured: true,
  quiesced: false,
  openConnections: 0,
  openCalls: 0,
  unreported: false,
  stoodStill: false,
  asking: false,
  quietMs: afterMs,
  refusals: 0,
};

function decisionFor(change: Partial<IdleSight>): string {
  return idleDecision({ ...idle, ...change }, afterMs);
}

describe('a machine that looks whether it may sleep', () => {
  it('goes to sleep when its project was not used for as long as is set', () => {
    expect(decisionFor({})).toBe('suspend');
    expect(decisionFor({ quietMs: afterMs - 1 })).toBe('wait');
  });

  it.each([
    ['belongs to no project yet: the pool decides', { configured: false }],
    ['is being archived: who wants the project back waits for it', { quiesced: true }],
    ['has a connection open, however long nothing was said', { openConnections: 1 }],
    ['has just been woken, before whoever woke it has spoken', { stoodStill: true }],
  ])('begins to count anew when it %s', (_, change) => {
    expect(decisionFor({ ...change, quietMs: 100 * afterMs })).toBe('begin_anew');
  });

  it('G11: waits for the end of a call of the control plane, which does not count as use', () => {
    expect(decisionFor({ openCalls: 1 })).toBe('wait');
  });

  it('tells of the last use first: asleep it could not', () => {
    expect(decisionFor({ unreported: true })).toBe('report');
    expect(decisionFor({ unreported: true, quietMs: 0 })).toBe('wait');
  });

  it('asks once at a time', () => {
    expect(decisionFor({ asking: true })).toBe('wait');
  });

  it('asks ever less often after refusals, and every quarter of an hour at least', () => {
    expect(decisionFor({ refusals: 1 })).toBe('wait');
    expect(decisionFor({ refusals: 1, quietMs: 2 * afterMs })).toBe('suspend');
    expect(decisionFor({ refusals: 1000, quietMs: 15 * 60_000 - 1 })).toBe('wait');
    expect(decisionFor({ refusals: 1000, quietMs: 15 * 60_000 })).toBe('suspend');
  });

  it('never asks sooner after a refusal than without one', () => {
    const hourMs = 3_600_000;
    const refused = (quietMs: number) => idleDecision({ ...idle, refusals: 3, quietMs }, hourMs);
    expect([refused(hourMs - 1), refused(hourMs)]).toEqual(['wait', 'suspend']);
  });
});
