import { z } from 'zod';
import { serviceCheck } from './check.js';
import { port, strings, whole } from './values.js';

const replayCache = z.object({
  path_prefix: z.exactOptional(z.string()),
  ttl_seconds: z.exactOptional(whole),
  type: z.exactOptional(z.enum(['cookie', 'header'])),
  name: z.exactOptional(z.string()),
  allow_bypass: z.exactOptional(z.boolean()),
});

const httpOptions = z.object({
  compress: z.exactOptional(z.boolean()),
  h2_backend: z.exactOptional(z.boolean()),
  idle_timeout: z.exactOptional(whole),
  headers_read_timeout: z.exactOptional(whole),
  response: z.exactOptional(
    z.object({
      headers: z.exactOptional(z.record(z.string(), z.unknown())),
      pristine: z.exactOptional(z.boolean()),
    }),
  ),
  replay_cache: z.exactOptional(z.array(replayCache)),
});

const servicePort = z
  .object({
    port: z.exactOptional(port),
    start_port: z.exactOptional(port),
    end_port: z.exactOptional(port),
    handlers: z.array(z.enum(['http', 'tls', 'tcp', 'pg_tls', 'proxy_proto'])).default([]),
    force_https: z.exactOptional(z.boolean()),
    http_options: z.exactOptional(httpOptions),
    tls_options: z.exactOptional(
      z.object({
        alpn: z.exactOptional(strings),
        versions: z.exactOptional(strings),
        default_self_signed: z.exactOptional(z.boolean()),
      }),
    ),
    proxy_proto_options: z.exactOptional(z.object({ version: z.exactOptional(z.string()) })),
  })
  .refine(
    ({ port, start_port: from, end_port: to }) => port !== undefined || (from !== undefined && to !== undefined),
    'needs port, or start_port and end_port',
  );

/** For the sake of older clients replies hold a boolean where there is one for it. Source: docs.machines.dev. */
const autostop = z
  .union([z.boolean(), z.enum(['off', 'stop', 'suspend'])])
  .transform((value) => (value === 'off' ? false : value === 'stop' ? true : value));

export const service = z.object({
  protocol: z.enum(['tcp', 'udp']),
  internal_port: port,
  ports: z.array(servicePort).default([]),
  autostop: z.exactOptional(autostop),
  autostart: z.exactOptional(z.boolean()),
  min_machines_running: z.exactOptional(whole),
  concurrency: z.exactOptional(
    z.object({
      type: z.exactOptional(z.enum(['connections', 'requests'])),
      soft_limit: z.exactOptional(whole),
      hard_limit: z.exactOptional(whole),
    }),
  ),
  checks: z.exactOptional(z.array(serviceCheck)),
  force_instance_key: z.exactOptional(z.string()),
  force_instance_description: z.exactOptional(z.string()),
});
