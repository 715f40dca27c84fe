import { z } from 'zod';
import { serviceCheck } from './checks.js';
import { whole, words } from './values.js';

const replayCache = z.strictObject({
  path_prefix: z.string(),
  ttl_seconds: whole,
  type: z.enum(['cookie', 'header']),
  name: z.string(),
  allow_bypass: z.exactOptional(z.boolean()),
});

const httpOptions = z.strictObject({
  compress: z.exactOptional(z.boolean()),
  h2_backend: z.exactOptional(z.boolean()),
  idle_timeout: z.exactOptional(whole),
  headers_read_timeout: z.exactOptional(whole),
  response: z.exactOptional(
    z.strictObject({
      headers: z.exactOptional(z.record(z.string(), z.unknown())),
      pristine: z.exactOptional(z.boolean()),
    }),
  ),
  replay_cache: z.exactOptional(z.array(replayCache)),
});

const tlsOptions = z.strictObject({
  alpn: z.exactOptional(words),
  versions: z.exactOptional(words),
  default_self_signed: z.exactOptional(z.boolean()),
});

const port = z.strictObject({
  port: z.exactOptional(z.int()),
  start_port: z.exactOptional(z.int()),
  end_port: z.exactOptional(z.int()),
  handlers: z.exactOptional(z.array(z.enum(['http', 'tls', 'tcp', 'pg_tls', 'proxy_proto', 'edge_http']))),
  force_https: z.exactOptional(z.boolean()),
  tls_options: z.exactOptional(tlsOptions),
  http_options: z.exactOptional(httpOptions),
  proxy_proto_options: z.exactOptional(z.strictObject({ version: z.exactOptional(z.string()) })),
});

/** Booleans are the older form: false is off, true is stop. */
const autostop = z.union([z.enum(['off', 'stop', 'suspend']), z.boolean()]);

export const machineService = z.strictObject({
  protocol: z.enum(['tcp', 'udp']),
  internal_port: z.int(),
  ports: z.exactOptional(z.array(port)),
  autostop: z.exactOptional(autostop),
  autostart: z.exactOptional(z.boolean()),
  min_machines_running: z.exactOptional(whole),
  concurrency: z.exactOptional(
    z.strictObject({
      type: z.exactOptional(z.enum(['connections', 'requests'])),
      soft_limit: z.exactOptional(whole),
      hard_limit: z.exactOptional(whole),
    }),
  ),
  checks: z.exactOptional(z.array(serviceCheck)),
  force_instance_key: z.exactOptional(z.string().nullable()),
  force_instance_description: z.exactOptional(z.string().nullable()),
});
