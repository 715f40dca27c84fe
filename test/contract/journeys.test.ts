import { expect, it } from 'vitest';
import { settle } from '../support/settle.js';
import { Sleeper } from '../support/sleeper.js';
import { testPlatform } from '../support/test-platform.js';

it('all that Valet sends to Fly while a project is created, archived and woken is published', async () => {
  await using platform = await testPlatform();
  const instance = await platform.controlPlane({ WARM_POOL_SIZE: '1' });
  await instance.run('replenish');
  const sleeper = await new Sleeper(platform, instance, 'published').create();
  await sleeper.fallAsleep();
  await instance.run('retire');
  await instance.valet.projects.wake(sleeper.id);
  await instance.run('observe');
  await settle(platform, instance);
  expect(platform.recorder.exchanges).toBeGreaterThan(10);
  platform.recorder.expectPublished();
});
