import type { Config } from '../config.js';
import type { MachineTemplate } from './machine-config.js';
import { guestOf } from './vm-size.js';

/**
 * What the configuration says that every machine has in common.
 *
 * @throws ValetError `config_invalid` for a size that is none of Fly's
 */
export function machineTemplate({ core, fly, r2 }: Config): MachineTemplate {
  return {
    environment: core.environment,
    image: fly.image,
    guest: guestOf(fly.vmSize, fly.memoryMb),
    volumeGb: fly.volumeGb,
    controlUrl: core.publicUrl,
    extraEnv: r2.machineR2
      ? {
          R2_ENDPOINT: r2.endpoint,
          R2_ACCESS_KEY_ID: r2.accessKeyId.reveal(),
          R2_SECRET_ACCESS_KEY: r2.secretAccessKey.reveal(),
          R2_BUCKET: r2.bucket,
        }
      : {},
  };
}
