import type { FlyEmulator } from '../../src/local/fly/emulator.js';
import type { FlyEmulatorOptions } from '../../src/local/fly/options.js';
import { type EmulatorStage, type OpenStage, openStage, type StageSettings } from '../support/contract/stage.js';
import { withFlyEmulator } from '../support/fly-emulator.js';

/** One emulator for all scenarios that keep to what is their own. */
export interface SharedStages extends AsyncDisposable {
  open(): Promise<OpenStage>;
}

export async function openSharedStages(options: Partial<FlyEmulatorOptions> = {}): Promise<SharedStages> {
  const emulator = await withFlyEmulator(options);
  return {
    open: () => openStage(settingsFor(emulator, true)),
    [Symbol.asyncDispose]: () => emulator[Symbol.asyncDispose](),
  };
}

/** An emulator for one scenario alone, which ends with it. */
export async function openEmulatorStage(
  options: Partial<FlyEmulatorOptions> = {},
): Promise<EmulatorStage & AsyncDisposable> {
  const emulator = await withFlyEmulator(options);
  const stage = await openStage(settingsFor(emulator, false));
  return {
    ...stage,
    emulator,
    [Symbol.asyncDispose]: async () => {
      await stage[Symbol.asyncDispose]();
      await emulator[Symbol.asyncDispose]();
    },
  };
}

function settingsFor(emulator: FlyEmulator, sweeps: boolean): StageSettings {
  return {
    url: emulator.url,
    token: emulator.token,
    app: emulator.app,
    org: 'personal',
    region: 'sjc',
    image: 'nginx:alpine',
    sweeps,
    clientLimits: 'off',
    patienceMs: 15_000,
    pollMs: 10,
    onSeen: () => undefined,
  };
}
