import { z } from 'zod';
import { machineCheck } from './check.js';
import { container, machineProcess } from './process.js';
import { service } from './service.js';
import { file, port, restart, stopConfig, stringMap, strings, whole } from './values.js';

const persist = z.enum(['never', 'restart', 'always']);

const guest = z.object({
  cpu_kind: z.enum(['shared', 'performance']),
  cpus: whole,
  memory_mb: whole,
  max_memory_mb: z.exactOptional(whole),
  gpus: z.exactOptional(whole),
  gpu_kind: z.exactOptional(z.string()),
  host_dedication_id: z.exactOptional(z.string()),
  kernel_args: z.exactOptional(strings),
  persist_rootfs: z.exactOptional(persist),
});

const init = z.object({
  exec: z.exactOptional(strings),
  entrypoint: z.exactOptional(strings),
  cmd: z.exactOptional(strings),
  tty: z.exactOptional(z.boolean()),
  kernel_args: z.exactOptional(strings),
  swap_size_mb: z.exactOptional(whole),
});

const mount = z.object({
  volume: z.string().min(1),
  path: z.string().startsWith('/'),
  name: z.exactOptional(z.string()),
  size_gb: z.exactOptional(whole),
  encrypted: z.exactOptional(z.boolean()),
  extend_threshold_percent: z.exactOptional(whole),
  add_size_gb: z.exactOptional(whole),
  size_gb_limit: z.exactOptional(whole),
});

const dns = z.object({
  skip_registration: z.exactOptional(z.boolean()),
  hostname: z.exactOptional(z.string()),
  hostname_fqdn: z.exactOptional(z.string()),
  nameservers: z.exactOptional(strings),
  searches: z.exactOptional(strings),
  options: z.exactOptional(z.array(z.object({ name: z.string(), value: z.exactOptional(z.string()) }))),
  dns_forward_rules: z.exactOptional(z.array(z.object({ basename: z.string(), addr: z.string() }))),
});

const staticFiles = z.object({
  guest_path: z.string(),
  url_prefix: z.string(),
  tigris_bucket: z.exactOptional(z.string()),
  index_document: z.exactOptional(z.string()),
});

/**
 * Names of the API only: whatever else is sent is dropped without a word, as on Fly.
 * Source: docs.machines.dev, fly.MachineConfig.
 */
export const machineConfigSchema = z.object({
  image: z.string().min(1),
  env: z.exactOptional(stringMap),
  guest: z.exactOptional(guest),
  size: z.exactOptional(z.string()),
  init: z.exactOptional(init),
  mounts: z.exactOptional(z.array(mount).max(1)),
  services: z.exactOptional(z.array(service)),
  checks: z.exactOptional(z.record(z.string(), machineCheck)),
  restart: z.exactOptional(restart),
  auto_destroy: z.exactOptional(z.boolean()),
  metadata: z.exactOptional(stringMap),
  stop_config: z.exactOptional(stopConfig),
  schedule: z.exactOptional(z.enum(['hourly', 'daily', 'weekly', 'monthly'])),
  files: z.exactOptional(z.array(file)),
  metrics: z.exactOptional(z.object({ port, path: z.exactOptional(z.string()), https: z.exactOptional(z.boolean()) })),
  processes: z.exactOptional(z.array(machineProcess)),
  containers: z.exactOptional(z.array(container)),
  volumes: z.exactOptional(z.array(z.looseObject({ name: z.string() }))),
  statics: z.exactOptional(z.array(staticFiles)),
  standbys: z.exactOptional(strings),
  dns: z.exactOptional(dns),
  rootfs: z.exactOptional(z.object({ persist: z.exactOptional(persist), size_gb: z.exactOptional(whole) })),
  cache_drive: z.exactOptional(z.object({ size_mb: z.exactOptional(whole) })),
  disable_machine_autostart: z.exactOptional(z.boolean()),
});

export type MachineConfig = z.infer<typeof machineConfigSchema>;
