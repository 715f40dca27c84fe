import { httpUrl, origins, postgresUrl } from './address-rules.js';
import { matching, name, oneOf, secrets, wholeNumber, yesOrNo } from './rules.js';
import { variablesOf } from './variable.js';

const port = wholeNumber(0, 65_535);
const atLeast16 = secrets('secrets of 16 characters or more, without spaces', (text) => /^\S{16,}$/.test(text));

const inCore = variablesOf('core');
export const core = {
  port: inCore('CONTROL_PLANE_PORT', port, {
    default: '7000',
    meaning: 'Port of the API and the router; 0 takes a free one.',
  }),
  host: inCore('CONTROL_PLANE_HOST', matching(/^[\w.:-]+$/, 'an IP address or host name'), {
    default: '0.0.0.0',
    meaning: 'Address to listen on, for both ports; `::` takes IPv4 and IPv6.',
  }),
  privatePort: inCore('CONTROL_PLANE_PRIVATE_PORT', port, {
    default: '7001',
    meaning: 'Port of metrics and readiness, not for the public; 0 takes a free one.',
  }),
  databaseUrl: inCore('DATABASE_URL', postgresUrl, {
    required: true,
    meaning: 'PostgreSQL 15 or later; may go through a pooler.',
  }),
  databaseDirectUrl: inCore('DATABASE_DIRECT_URL', postgresUrl, {
    defaultFrom: 'DATABASE_URL',
    meaning: 'The same database without a pooler in between: locks, LISTEN and migrations need it.',
  }),
  secrets: inCore('CONTROL_PLANE_SECRET', atLeast16, {
    required: true,
    meaning: 'What operators send as bearer. All are accepted, so that it can be rotated; a client sends the first.',
  }),
  internalSecrets: inCore('CONTROL_PLANE_INTERNAL_SECRET', atLeast16, {
    defaultFrom: 'CONTROL_PLANE_SECRET',
    meaning: "What the machines' own secrets are derived from: the first for new machines, all are tried.",
  }),
  sealKeys: inCore('VALET_SEAL_KEYS', secrets('base64 keys of 32 bytes', isSealKey), {
    defaultFrom: 'derived from CONTROL_PLANE_INTERNAL_SECRET',
    meaning: 'Deploy keys are sealed with the first; all of them open.',
  }),
  environment: inCore('VALET_ENVIRONMENT', name, {
    defaultFrom: 'VALET_FLY_APP',
    meaning: 'The name of this installation, stamped on all it creates at Fly. A client sends it: another one refuses.',
  }),
  instance: inCore('VALET_INSTANCE', matching(/^[\w.-]{1,100}$/, '1 to 100 letters, digits, dots, hyphens'), {
    defaultFrom: 'FLY_MACHINE_ID, else host name, process id and a random part',
    meaning: 'The name of this process among its like; never the same for two at a time.',
  }),
  publicUrl: inCore('VALET_PUBLIC_URL', httpUrl, {
    defaultFrom: 'https://ROUTER_DOMAIN, else http://localhost:CONTROL_PLANE_PORT',
    meaning: 'Where people reach this control plane.',
  }),
  trustFlyProxy: inCore('VALET_TRUST_FLY_PROXY', yesOrNo, {
    defaultFrom: 'true where FLY_MACHINE_ID or FLY_APP_NAME is set, else false',
    meaning: "Whether Fly's proxy is in front, so that its Fly-Client-IP names the caller.",
  }),
  corsOrigins: inCore('CORS_ORIGINS', origins, {
    defaultFrom: 'none',
    meaning: 'Web pages that may call the API from a browser.',
  }),
  logLevel: inCore('LOG_LEVEL', oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'), {
    default: 'info',
    meaning: 'The least important log line that `valet serve` writes.',
  }),
};

function isSealKey(text: string): boolean {
  return /^[A-Za-z0-9+/]{43}=$/.test(text) && Buffer.from(text, 'base64').length === 32;
}
