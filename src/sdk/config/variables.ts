import { domain, httpUrl, machineUrlTemplate } from './address-rules.js';
import { core } from './core-variables.js';
import { flyToken, memoryMb } from './fly-rules.js';
import { decimal, matching, name, oneOf, perRegion, secret, wholeNumber, yesOrNo } from './rules.js';
import { type Variable, variablesOf } from './variable.js';

// docs/configuration.md repeats these tables; test/sdk/config/documentation.test.ts compares the two.

const inFly = variablesOf('fly');
export const fly = {
  token: inFly('VALET_FLY_TOKEN', flyToken, {
    required: true,
    meaning: "A token that may manage the app's machines.",
  }),
  app: inFly('VALET_FLY_APP', name, {
    required: true,
    meaning: 'The Fly app that holds the machines of the projects.',
  }),
  region: inFly('VALET_FLY_REGION', matching(/^[a-z]{3}$/, 'a Fly region of three lower-case letters'), {
    default: 'sjc',
    meaning: 'Where machines are made unless a project asks for another region.',
  }),
  vmSize: inFly(
    'VALET_FLY_VM_SIZE',
    matching(/^(shared-cpu|performance)-(1|2|4|8|16)x$/, 'a Fly size such as shared-cpu-1x or performance-1x'),
    { default: 'shared-cpu-1x', meaning: 'Kind and number of CPUs of a machine.' },
  ),
  memoryMb: inFly('VALET_FLY_VM_MEMORY_MB', memoryMb, {
    default: '256',
    meaning: 'Memory of a machine. Fly suspends none with more than 2 GB.',
  }),
  volumeGb: inFly('VALET_FLY_VOLUME_GB', wholeNumber(1, 500, 'gigabytes'), {
    default: '1',
    meaning: 'Size of a new volume.',
  }),
  image: inFly('VALET_FLY_IMAGE', matching(/^[\w.:/@-]+$/, 'a container image such as registry.fly.io/app:tag'), {
    required: true,
    meaning: 'The project server that new machines run.',
  }),
  apiUrl: inFly('VALET_FLY_API_URL', httpUrl, {
    default: 'https://api.machines.dev',
    meaning: 'The Machines API; another address for an emulator.',
  }),
  rateLimit: inFly('VALET_FLY_RATE_LIMIT', oneOf('on', 'off'), {
    default: 'on',
    meaning: "Whether calls wait so as to keep Fly's rate limits; off for an emulator that has none.",
  }),
  machineUrl: inFly('VALET_MACHINE_URL', machineUrlTemplate, {
    default: 'http://{machine_id}.vm.{app}.internal:3000',
    meaning: "Where the control plane reaches a project's machine.",
  }),
};

const inPool = variablesOf('pool');
export const pool = {
  size: inPool('WARM_POOL_SIZE', perRegion(100, 'machines'), {
    default: '2',
    meaning: 'Machines that are kept ready for projects to come: in VALET_FLY_REGION, or in each region named.',
  }),
  replenishIntervalSecs: inPool('WARM_POOL_REPLENISH_INTERVAL_SECS', wholeNumber(1, 3600, 'seconds'), {
    default: '30',
    meaning: 'How often the pool is checked, besides at start and after each claim.',
  }),
  standby: inPool('WARM_POOL_STANDBY', oneOf('started', 'suspended'), {
    default: 'started',
    meaning: 'How pool members wait: suspended is nearly free, and a claim then costs a resume.',
  }),
};

const inR2 = variablesOf('r2');
export const r2 = {
  endpoint: inR2('R2_ENDPOINT', httpUrl, {
    required: true,
    meaning: 'S3 address of the account: https://ACCOUNT_ID.r2.cloudflarestorage.com.',
  }),
  accessKeyId: inR2('R2_ACCESS_KEY_ID', secret, { required: true, meaning: 'Key of the token for the bucket.' }),
  secretAccessKey: inR2('R2_SECRET_ACCESS_KEY', secret, { required: true, meaning: 'Its secret.' }),
  bucket: inR2('R2_BUCKET', matching(/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/, 'a bucket name of 3 to 63 characters'), {
    default: 'valet-dormant',
    meaning: 'Where archives are kept.',
  }),
  machineR2: inR2('VALET_MACHINE_R2', yesOrNo, {
    default: 'false',
    meaning: 'Gives machines the R2 variables, for basic servers that upload by themselves.',
  }),
};

const inDormancy = variablesOf('dormancy');
export const dormancy = {
  thresholdDays: inDormancy('DORMANCY_THRESHOLD_DAYS', decimal(0.0001, 3650, 'days'), {
    default: '7',
    meaning: 'Without use for this long, a project is archived.',
  }),
  volumeKeepHours: inDormancy('VOLUME_KEEP_HOURS', decimal(0, 8760, 'hours'), {
    default: '48',
    meaning: "How long an archived project's volume is kept, so that the archive can be undone.",
  }),
  archivesKept: inDormancy('ARCHIVES_KEPT', wholeNumber(1, 1000, 'archives'), {
    default: '3',
    meaning: 'Proven archives kept of each project.',
  }),
  deletedArchiveDays: inDormancy('DELETED_ARCHIVE_DAYS', decimal(0, 3650, 'days'), {
    default: '30',
    meaning: 'How long the archives of a deleted project are kept.',
  }),
};

const inRouting = variablesOf('routing');
export const routing = {
  domain: inRouting('ROUTER_DOMAIN', domain, {
    defaultFrom: 'none',
    meaning: 'Projects answer at ID.ROUTER_DOMAIN; without it only at /projects/ID/.',
  }),
  wakeTimeoutSecs: inRouting('ROUTER_WAKE_TIMEOUT_SECS', wholeNumber(1, 300, 'seconds'), {
    default: '30',
    meaning: 'How long a request waits for its project to wake before it is told when to retry.',
  }),
  replayTimeoutSecs: inRouting('ROUTER_REPLAY_TIMEOUT_SECS', wholeNumber(0, 60, 'seconds'), {
    default: '10',
    meaning: 'How long Fly tries the machine before it hands the request back; 0 leaves the header bare.',
  }),
  cacheEntries: inRouting('ROUTER_CACHE_ENTRIES', wholeNumber(2, 5_000_000, 'projects'), {
    default: '200000',
    meaning: 'Routes kept in memory, at about 600 bytes each. The half that was used last is always among them.',
  }),
  observers: inRouting('ROUTER_OBSERVERS', matching(/^\S.*$/, 'none, preset or the path of a file'), {
    default: 'none',
    meaning: 'Requests that get a static answer and wake nothing: health probes, link previews, crawlers.',
  }),
};

const inClient = variablesOf('client');
export const client = {
  url: inClient('VALET_URL', httpUrl, {
    defaultFrom: 'none',
    meaning: 'A running `valet serve`: commands then ask it over HTTP and need only CONTROL_PLANE_SECRET.',
  }),
};

export { core };

export const allVariables: readonly Variable<unknown>[] = [core, fly, pool, r2, dormancy, routing, client].flatMap(
  (group) => Object.values<Variable<unknown>>(group),
);

export const controlPlaneVariables = allVariables.filter(({ group }) => group !== 'client');
/** A client may go without a secret: what is public needs none. */
export const clientVariables: readonly Variable<unknown>[] = [
  client.url,
  { ...core.secrets, required: false },
  core.environment,
];
