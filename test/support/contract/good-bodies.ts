import type { Json } from './broken.js';

const service = {
  protocol: 'tcp',
  internal_port: 80,
  autostop: 'suspend',
  autostart: true,
  min_machines_running: 0,
  ports: [{ port: 80, handlers: ['http'], force_https: false }],
  concurrency: { type: 'requests', soft_limit: 1, hard_limit: 2 },
  checks: [{ type: 'http', port: 80, interval: '15s', timeout: '2s', grace_period: '1s', path: '/', method: 'GET' }],
};
const launch: Json = {
  name: 'broken',
  region: 'sjc',
  skip_launch: true,
  skip_service_registration: false,
  config: {
    image: 'nginx:alpine',
    env: { A: '1' },
    guest: { cpu_kind: 'shared', cpus: 1, memory_mb: 256 },
    init: { cmd: ['a'], swap_size_mb: 0, tty: false },
    services: [service],
    checks: { up: { type: 'tcp', port: 80, interval: '15s', timeout: '2s' } },
    restart: { policy: 'on-failure', max_retries: 3 },
    metadata: { a: '1' },
    stop_config: { signal: 'SIGTERM', timeout: '5s' },
    files: [{ guest_path: '/a', raw_value: 'YQ==' }],
    auto_destroy: false,
  },
};

/** Calls with a body, and a body that each accepts. */
export const bodies: readonly [method: string, path: string, good: Json][] = [
  ['POST', '/machines', launch],
  ['POST', '/machines/:id', launch],
  ['POST', '/machines/:id/stop', { signal: 'SIGINT', timeout: '1s' }],
  ['POST', '/machines/:id/signal', { signal: 'SIGUSR1' }],
  ['POST', '/machines/:leased/lease', { ttl: 1, description: 'test' }],
  ['POST', '/machines/:id/exec', { command: ['true'], timeout: 1, stdin: '' }],
  ['PATCH', '/machines/:id/metadata', { metadata: { a: '1', b: null }, machine_version: 'x' }],
  ['POST', '/machines/:id/metadata/a', { value: '1' }],
  ['PUT', '/machines/:id/memory', { limit_mb: 512 }],
  [
    'POST',
    '/volumes',
    { name: 'broken', region: 'sjc', size_gb: 1, encrypted: true, snapshot_retention: 5, fstype: 'ext4' },
  ],
  ['PUT', '/volumes/:volume', { snapshot_retention: 5, auto_backup_enabled: true }],
  ['PUT', '/volumes/:volume/extend', { size_gb: 4 }],
  ['POST', '/secrets', { values: { A: '1', B: null } }],
  ['POST', '/ip_assignments', { type: 'private_v6', network: 'default', region: 'sjc' }],
  ['POST', '/deploy_token', { expiry: '1h' }],
];
