import { createHash } from 'node:crypto';
import type { FlyConfigOrder, FlyGuest } from '../fly/wire.js';

/** What every project machine has in common. */
export interface MachineTemplate {
  readonly environment: string;
  readonly image: string;
  readonly guest: FlyGuest;
  readonly volumeGb: number;
  /** Where a machine reports activity. */
  readonly controlUrl: string;
  /** Handed to servers that talk to R2 by themselves; empty unless VALET_MACHINE_R2 is on. */
  readonly extraEnv: Readonly<Record<string, string>>;
}

const dataPath = '/data';
const internalPort = 3000;

/**
 * The whole configuration of one machine; Fly replaces, never merges, so it is always written whole.
 *
 * `autostart` and `autostop` are both sent: the API's defaults differ from fly.toml's, and one without the other is an
 * outage. The soft limit of 1 keeps Fly from counting a machine in use as excess
 * (fly.io/docs/reference/fly-proxy-autostop-autostart).
 */
export function machineConfig(
  template: MachineTemplate,
  machine: { readonly id: string; readonly volumeId: string; readonly internalSecret: string },
): FlyConfigOrder {
  return {
    image: template.image,
    env: {
      ...template.extraEnv,
      PORT: String(internalPort),
      VALET_DATA_DIR: dataPath,
      VALET_CONTROL_URL: template.controlUrl,
      VALET_INTERNAL_SECRET: machine.internalSecret,
    },
    guest: template.guest,
    mounts: [{ volume: machine.volumeId, path: dataPath }],
    services: [
      {
        protocol: 'tcp',
        internal_port: internalPort,
        ports: [
          { port: 80, handlers: ['http'] },
          { port: 443, handlers: ['tls', 'http'] },
        ],
        autostop: 'suspend',
        autostart: true,
        min_machines_running: 0,
        concurrency: { type: 'requests', soft_limit: 1 },
      },
    ],
    metadata: { valet_environment: template.environment, valet_machine: machine.id },
    restart: { policy: 'on-failure', max_retries: 10 },
    stop_config: { signal: 'SIGTERM', timeout: '10s' },
  };
}

/** Machines with the same hash are interchangeable; a claim takes only those of the current configuration. */
export function configHash(template: MachineTemplate): string {
  const common = machineConfig(template, { id: '', volumeId: '', internalSecret: '' });
  return createHash('sha256')
    .update(JSON.stringify([common, template.volumeGb]))
    .digest('hex')
    .slice(0, 16);
}
