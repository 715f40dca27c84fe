import type { FlyEmulator } from '../fly/emulator.js';
import type { ObjectStore } from '../object-store.js';
import type { PrivateNetwork } from '../private-network.js';
import { childEnvironment } from './child-environment.js';
import { machineApp } from './options.js';

export interface Surroundings {
  readonly databaseUrl: string;
  readonly store: ObjectStore;
  readonly fly: FlyEmulator;
  readonly network: PrivateNetwork;
  readonly publicUrl: string;
  readonly secret: string;
  readonly settings: Readonly<Record<string, string>>;
}

/** With this environment `valet` works on the local platform, and cannot tell it from the real one. */
export function valetEnvironment(parts: Surroundings): Record<string, string> {
  const { databaseUrl, store, fly, network, publicUrl, secret, settings } = parts;
  return {
    ...childEnvironment(),
    DATABASE_URL: databaseUrl,
    CONTROL_PLANE_SECRET: secret,
    VALET_PUBLIC_URL: publicUrl,
    VALET_TRUST_FLY_PROXY: 'true',
    ROUTER_DOMAIN: 'localhost',
    VALET_FLY_TOKEN: fly.token,
    VALET_FLY_APP: machineApp,
    VALET_FLY_API_URL: fly.url,
    VALET_FLY_RATE_LIMIT: 'off',
    VALET_FLY_IMAGE: 'valet/project-server:local',
    VALET_MACHINE_URL: network.urlTemplate,
    R2_ENDPOINT: store.endpoint,
    R2_ACCESS_KEY_ID: store.accessKeyId,
    R2_SECRET_ACCESS_KEY: store.secretAccessKey,
    R2_BUCKET: store.bucket,
    ...settings,
  };
}
