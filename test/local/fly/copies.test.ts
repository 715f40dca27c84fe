import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Copies } from '../../../src/local/fly/volumes/copies.js';
import { callFly, withFlyEmulator } from '../../support/fly-emulator.js';
import { newVolume } from '../../support/fly-machines.js';
import { fileOn } from '../../support/fly-volumes.js';

describe('the copy of a volume', () => {
  it('that cannot be made leaves nothing behind', async () => {
    await using fly = await withFlyEmulator();
    const { id } = await newVolume(fly);
    await rm(join(fly.dir, 'volumes', id), { recursive: true });
    expect((await callFly(fly, 'POST', `/volumes/${id}/snapshots`)).status).toBe(500);
    expect(await readdir(join(fly.dir, 'snapshots'))).toEqual([]);
  });

  it('that is under way is broken off by a close, which leaves nothing of it behind', async () => {
    await using fly = await withFlyEmulator();
    const { id } = await newVolume(fly);
    await mkdir(fileOn(fly, id));
    for (let count = 0; count < 500; count++) await writeFile(join(fileOn(fly, id), String(count)), 'data');
    const copies = new Copies();
    const to = join(fly.dir, 'copy');
    const broken = expect(copies.make(join(fly.dir, 'volumes', id), to)).rejects.toThrow('aborted');
    await copies.close();
    expect(existsSync(to)).toBe(false);
    await broken;
  });
});
