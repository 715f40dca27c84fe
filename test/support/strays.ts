import { expect, vi } from 'vitest';
import { z } from 'zod';
import { environmentStamp } from '../../src/sdk/pool/new-machine.js';
import { callFly } from './fly-emulator.js';
import type { TestPlatform } from './test-platform.js';

const madeSchema = z.object({ id: z.string() });
const whole = { state: 'created' };
const madeMs = { timeout: 5_000, interval: 5 };

/** The environment of the installation that the test platform is. */
const own = 'test';

export function volumeNameOf(row: string, environment = own): string {
  return `v${environmentStamp(environment)}_${row}`;
}

/** A volume with a stamp, made past every instance. One that is still being made would be left alone. */
export async function strayVolume({ fly }: TestPlatform, name: string): Promise<string> {
  const { body } = await callFly(fly, 'POST', '/volumes', { name, region: 'sjc', size_gb: 1 });
  const { id } = madeSchema.parse(body);
  await vi.waitFor(async () => expect((await callFly(fly, 'GET', `/volumes/${id}`)).body).toMatchObject(whole), madeMs);
  return id;
}

/** A machine with a stamp and a volume of its own, made past every instance. */
export async function strayMachine(
  platform: TestPlatform,
  row: string,
  environment = own,
): Promise<{ readonly id: string; readonly volumeId: string }> {
  const volumeId = await strayVolume(platform, volumeNameOf(row, environment));
  const { body } = await callFly(platform.fly, 'POST', '/machines', {
    name: `valet-${environmentStamp(environment)}-${row}`,
    region: 'sjc',
    config: {
      image: 'registry.fly.io/test:1',
      env: {
        PORT: '3000',
        VALET_DATA_DIR: '/data',
        VALET_INTERNAL_SECRET: 'stray',
        VALET_CONTROL_URL: 'http://127.0.0.1:9',
      },
      mounts: [{ volume: volumeId, path: '/data' }],
      metadata: { valet_environment: environment, valet_machine: row },
    },
  });
  const { id } = madeSchema.parse(body);
  await callFly(platform.fly, 'GET', `/machines/${id}/wait?state=started&timeout=60`);
  return { id, volumeId };
}
