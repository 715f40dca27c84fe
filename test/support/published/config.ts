import { z } from 'zod';
import { machineCheck } from './checks.js';
import { machineContainer, machineFile, machineProcess, sharedVolume } from './containers.js';
import { machineGuest, persistRootfs } from './guest.js';
import { machineInit, machineRestart, stopConfig } from './running.js';
import { machineService } from './service.js';
import { strings, whole, words } from './values.js';

const mount = z.strictObject({
  volume: z.exactOptional(z.string()),
  path: z.string(),
  name: z.exactOptional(z.string()),
  size_gb: z.exactOptional(whole),
  encrypted: z.exactOptional(z.boolean()),
  extend_threshold_percent: z.exactOptional(whole),
  add_size_gb: z.exactOptional(whole),
  size_gb_limit: z.exactOptional(whole),
});

const dns = z.strictObject({
  skip_registration: z.exactOptional(z.boolean()),
  nameservers: z.exactOptional(words),
  searches: z.exactOptional(words),
  options: z.exactOptional(z.array(z.strictObject({ name: z.string(), value: z.string() }))),
  dns_forward_rules: z.exactOptional(z.array(z.strictObject({ basename: z.string(), addr: z.string() }))),
  hostname: z.exactOptional(z.string()),
  hostname_fqdn: z.exactOptional(z.string()),
});

const staticFiles = z.strictObject({
  guest_path: z.string(),
  url_prefix: z.string(),
  tigris_bucket: z.exactOptional(z.string()),
  index_document: z.exactOptional(z.string()),
});

/** A machine's config in full. Source: fly.io/docs/machines/api/machines-resource and docs.machines.dev. */
export const machineConfig = z.strictObject({
  image: z.string().min(1),
  env: z.exactOptional(strings),
  guest: z.exactOptional(machineGuest),
  size: z.exactOptional(z.string()),
  init: z.exactOptional(machineInit),
  mounts: z.exactOptional(z.array(mount).max(1)),
  services: z.exactOptional(z.array(machineService)),
  checks: z.exactOptional(z.record(z.string(), machineCheck)),
  restart: z.exactOptional(machineRestart),
  auto_destroy: z.exactOptional(z.boolean()),
  metadata: z.exactOptional(strings),
  stop_config: z.exactOptional(stopConfig),
  schedule: z.exactOptional(z.enum(['hourly', 'daily', 'weekly', 'monthly'])),
  files: z.exactOptional(z.array(machineFile)),
  metrics: z.exactOptional(
    z.strictObject({
      port: z.exactOptional(z.int()),
      path: z.exactOptional(z.string()),
      https: z.exactOptional(z.boolean()),
    }),
  ),
  processes: z.exactOptional(z.array(machineProcess)),
  containers: z.exactOptional(z.array(machineContainer)),
  volumes: z.exactOptional(z.array(sharedVolume)),
  statics: z.exactOptional(z.array(staticFiles)),
  standbys: z.exactOptional(words),
  dns: z.exactOptional(dns),
  rootfs: z.exactOptional(z.strictObject({ persist: z.exactOptional(persistRootfs), size_gb: z.exactOptional(whole) })),
  cache_drive: z.exactOptional(z.strictObject({ size_mb: z.exactOptional(whole) })),
  spot: z.exactOptional(z.strictObject({ max_price_fraction: z.exactOptional(z.number()) })),
  disable_machine_autostart: z.exactOptional(z.boolean()),
});

/** What the organisation's list shows of it. */
export const overviewConfig = z.strictObject({
  image: z.exactOptional(z.string()),
  guest: z.exactOptional(machineGuest),
  metadata: z.exactOptional(strings),
});
