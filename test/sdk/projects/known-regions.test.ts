import { expect, it } from 'vitest';
import { KnownRegions } from '../../../src/sdk/projects/known-regions.js';

function asking(answer: () => Promise<readonly string[]>) {
  let asked = 0;
  const list = () => {
    asked += 1;
    return answer();
  };
  const clock = { ms: 0, nowMs: () => clock.ms };
  return { regions: new KnownRegions({ ours: ['sjc'], list, clock }), asked: () => asked, clock };
}

it('a region that Fly does not have is refused with those that it has, and Fly is asked once', async () => {
  const { regions, asked } = asking(async () => ['sjc', 'fra', 'ams']);
  await Promise.all(['fra', 'ams', 'fra'].map((region) => regions.demand(region)));
  await expect(regions.demand('zzz')).rejects.toMatchObject({
    code: 'request_invalid',
    message: 'Fly has no region "zzz".',
    hint: expect.stringContaining('ams, fra, sjc'),
  });
  expect(asked()).toBe(1);
});

it('the regions of the configuration are taken without a question', async () => {
  const { regions, asked } = asking(() => Promise.reject(new Error('Fly is away')));
  await regions.demand('sjc');
  expect(asked()).toBe(0);
});

it('while Fly does not say, a region is left to the create to find out, and Fly is not asked each time', async () => {
  const { regions, asked } = asking(() => Promise.reject(new Error('Fly is away')));
  await regions.demand('fra');
  await regions.demand('zzz');
  expect(asked()).toBe(1);
});

it('what Fly said is believed for an hour of the clock that was given, and what it did not say for a minute', async () => {
  let answer = () => Promise.resolve(['fra']);
  const { regions, asked, clock } = asking(() => answer());
  await regions.demand('fra');
  clock.ms = 3_599_999;
  await regions.demand('fra');
  expect(asked()).toBe(1);
  answer = () => Promise.reject(new Error('Fly is away'));
  clock.ms = 3_600_000;
  await regions.demand('zzz');
  clock.ms += 59_999;
  await regions.demand('zzz');
  expect(asked()).toBe(2);
  clock.ms += 1;
  await regions.demand('zzz');
  expect(asked()).toBe(3);
});
