import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { Pace, timingNames } from '../../../src/local/fly/pace/pace.js';
import { profiles } from '../../../src/local/fly/pace/profiles.js';
import { drawMs, seededRandom } from '../../../src/local/fly/pace/span.js';
import { instantTimings } from '../../../src/local/fly/timings.js';
import { callFly, withFlyEmulator } from '../../support/fly-emulator.js';
import { createdMachine, getMachine, reach, startedMachine, tell } from '../../support/fly-machines.js';

describe('a time that varies', () => {
  it('lies between its bounds, and a steady one is itself', () => {
    expect(drawMs({ minMs: 100, maxMs: 200 }, () => 0)).toBe(100);
    expect(drawMs({ minMs: 100, maxMs: 200 }, () => 0.5)).toBe(150);
    expect(drawMs(7, () => 0.5)).toBe(7);
  });

  it('is drawn anew each time, and the same again from the same seed', () => {
    const drawn = (seed: number) => {
      const pace = new Pace({ profile: 'fly', timings: {}, random: seededRandom(seed) });
      return [pace.ms('startMs'), pace.ms('startMs'), pace.ms('startMs')];
    };
    expect(drawn(1)).toEqual(drawn(1));
    expect(drawn(1)).not.toEqual(drawn(2));
    expect(new Set(drawn(1)).size).toBeGreaterThan(1);
    const many = Array.from({ length: 1000 }, seededRandom(3));
    expect(Math.min(...many)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...many)).toBeLessThan(1);
    expect(many.reduce((sum, one) => sum + one) / many.length).toBeCloseTo(0.5, 1);
  });
});

describe('the pace', () => {
  it('is instant, with what was asked for instead, and may change and be put back', () => {
    const pace = new Pace({ profile: 'instant', timings: { startMs: 70 }, random: () => 0 });
    expect(drawn(pace)).toEqual({ ...instantTimings, startMs: 70 });
    pace.set({ stopMs: 80 });
    expect(drawn(pace)).toMatchObject({ startMs: 70, stopMs: 80 });
    pace.use('fly');
    expect([pace.profile, pace.ms('startMs'), pace.ms('stopMs')]).toEqual(['fly', 300, 300]);
    pace.reset();
    expect(drawn(pace)).toEqual({ ...instantTimings, startMs: 70 });
    expect(pace.answerMs('get_machine')).toBe(0);
  });

  it('of Fly is slower in everything than the instant one', () => {
    const slow = new Pace({ profile: 'fly', timings: {}, random: () => 0.5 });
    for (const name of timingNames) expect(slow.ms(name), name).toBeGreaterThan(instantTimings[name]);
    expect(profiles.fly.timings.destroyLingerMs).toBe(60_000);
    expect(slow.answerMs('create_machine')).toBe(1750);
  });

  it('holds for what begins after it was changed', async () => {
    await using fly = await withFlyEmulator({ pace: 'fly', random: () => 0 });
    fly.clock.hold();
    fly.pace.setAnswers({ create_machine: 0, '*': 0 });
    const { id } = await createdMachine(fly, {}, { skip_launch: true });
    await fly.clock.advance(4000);
    await tell(fly, id, 'start');
    expect((await getMachine(fly, id)).state).toBe('starting');
    fly.clock.release();
    await reach(fly, id, 'started');
    fly.pace.use('instant');
    await tell(fly, id, 'stop');
    await reach(fly, id, 'stopped');
  });

  it('makes answers take their time, by call', async () => {
    await using fly = await withFlyEmulator();
    await startedMachine(fly);
    fly.clock.hold();
    fly.pace.setAnswers({ list_machines: 300 });
    let answered = false;
    const list = callFly(fly, 'GET', '/machines').then(() => (answered = true));
    expect((await callFly(fly, 'GET', '')).status).toBe(200);
    expect(answered).toBe(false);
    await expect.poll(() => fly.clock.advance(300).then(() => answered)).toBe(true);
    await list;
  });
});

describe('the time of the emulator', () => {
  it('is asked of its clock alone', async () => {
    const folder = new URL('../../../src/local/fly/', import.meta.url);
    const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.ts'));
    const others: string[] = [];
    for (const name of files) {
      const text = await readFile(new URL(name, folder), 'utf8');
      if (/\bsetTimeout\(|\bsetInterval\(|Date\.now\(|performance\.now\(|new Date\(\)/.test(text)) others.push(name);
    }
    // Ids of requests are of the computer's time, and so are the pipes of a command that has ended.
    expect(others.toSorted()).toEqual(['api/listener.ts', 'machines/vm/command.ts']);
  });
});

function drawn(pace: Pace): Readonly<Record<string, number>> {
  return Object.fromEntries(timingNames.map((name) => [name, pace.ms(name)]));
}
