import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startObjectStore } from '../../src/local/object-store.js';
import { startPrivateNetwork } from '../../src/local/private-network.js';
import { ArchiveStore } from '../../src/sdk/archives/store.js';
import { type TestFlyEmulator, withFlyEmulator } from '../support/fly-emulator.js';

const projectServer = fileURLToPath(new URL('../../dist/local/project-server/main.js', import.meta.url));

/** What all runs of a process share: one emulated Fly, of which each run has an app of its own, and one object store. */
export interface Ground extends AsyncDisposable {
  readonly fly: TestFlyEmulator;
  readonly machineUrlTemplate: string;
  readonly storeUrl: string;
  /** Straight to the objects, past every instance. */
  readonly store: ArchiveStore;
}

export async function openGround(): Promise<Ground> {
  if (!existsSync(projectServer)) throw new Error('Build first: npm run build.');
  await using opening = new AsyncDisposableStack();
  const dir = opening.adopt(await mkdtemp(join(tmpdir(), 'valet-chaos-')), (path) =>
    rm(path, { recursive: true, force: true }),
  );
  const fly = opening.use(
    await withFlyEmulator({
      projectServer: { command: process.execPath, args: [projectServer], env: { VALET_EXIT_WITH_PARENT: '1' } },
      // On Fly these last for minutes and a day: here longer than a run.
      timings: { destroyLingerMs: 60_000, volumePendingDestroyMs: 60_000, volumeUnbindMs: 0 },
    }),
  );
  const network = opening.adopt(await startPrivateNetwork({ machines: fly.machines }), (it) => it.stop());
  const objects = opening.adopt(await startObjectStore({ dir, bucket: 'valet-dormant' }), (it) => it.stop());
  const store = opening.adopt(new ArchiveStore(objects), (it) => it.close());
  const opened = opening.move();
  return {
    fly,
    machineUrlTemplate: network.urlTemplate,
    storeUrl: objects.endpoint,
    store,
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
