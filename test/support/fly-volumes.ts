import { join } from 'node:path';
import { z } from 'zod';
import { callFly, type TestFlyEmulator } from './fly-emulator.js';

const snapshotSchema = z.object({ id: z.string(), status: z.string(), size: z.number(), retention_days: z.number() });

export type SeenSnapshot = z.infer<typeof snapshotSchema>;

export async function snapshotsOf(fly: TestFlyEmulator, volumeId: string): Promise<readonly SeenSnapshot[]> {
  return z.array(snapshotSchema).parse((await callFly(fly, 'GET', `/volumes/${volumeId}/snapshots`)).body);
}

/** A file on the volume, wherever the emulator keeps it. */
export function fileOn(fly: TestFlyEmulator, volumeId: string): string {
  return join(fly.dir, 'volumes', volumeId, 'file');
}
