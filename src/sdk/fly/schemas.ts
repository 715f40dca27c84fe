/**
 * What Valet reads of Fly's answers, checked loosely: unknown keys and unknown states pass, because a newer API adds
 * both. Null counts as absent (`readAnswer` sees to it).
 */
import { z } from 'zod';
import type { FlyMachine, FlyMachineConfig, FlyMachineEvent, FlyService, FlyVolume } from './wire.js';

const strings = z.record(z.string(), z.string());

/** Passed on as they are; nothing is decided by their inside. */
const services = z.array(z.custom<FlyService>((value) => typeof value === 'object' && value !== null));

const config: z.ZodType<FlyMachineConfig> = z.looseObject({
  image: z.string(),
  env: strings.exactOptional(),
  guest: z
    .looseObject({ cpu_kind: z.enum(['shared', 'performance']), cpus: z.number(), memory_mb: z.number() })
    .exactOptional(),
  mounts: z.array(z.looseObject({ volume: z.string(), path: z.string() })).exactOptional(),
  services: services.exactOptional(),
  metadata: strings.exactOptional(),
  restart: z
    .looseObject({ policy: z.enum(['no', 'always', 'on-failure']), max_retries: z.number().exactOptional() })
    .exactOptional(),
  stop_config: z
    .looseObject({ signal: z.string().exactOptional(), timeout: z.union([z.string(), z.number()]).exactOptional() })
    .exactOptional(),
  auto_destroy: z.boolean().exactOptional(),
});

const event: z.ZodType<FlyMachineEvent> = z.looseObject({
  id: z.string(),
  type: z.string(),
  status: z.string(),
  source: z.string(),
  timestamp: z.number(),
  request: z.unknown().exactOptional(),
});

export const flyEvents = z.array(event).default([]);

/**
 * A config or events of a shape that we do not know count as absent: one odd machine, perhaps another tool's, must not
 * make the whole list unreadable.
 */
export const flyMachine: z.ZodType<FlyMachine> = z
  .looseObject({
    id: z.string(),
    name: z.string(),
    state: z.string(),
    region: z.string(),
    instance_id: z.string().default(''),
    private_ip: z.string().default(''),
    config: config.optional().catch(undefined),
    host_status: z.enum(['ok', 'unknown', 'unreachable']).exactOptional().catch('unknown'),
    events: z.array(event).optional().catch(undefined),
    created_at: z.string().default(''),
    updated_at: z.string().default(''),
  })
  .transform(({ config, events, ...machine }) => ({
    ...machine,
    ...(config !== undefined && { config }),
    ...(events !== undefined && { events }),
  }));

export const flyMachines = z.array(flyMachine).default([]);

/** `state` is absent in answers of older servers. */
export const waited = z.looseObject({ state: z.string().optional() }).optional();

export const flyMetadata = strings.default({});

export const flyVolume: z.ZodType<FlyVolume> = z.looseObject({
  id: z.string(),
  name: z.string(),
  state: z.string(),
  size_gb: z.number(),
  region: z.string(),
  attached_machine_id: z
    .string()
    .nullable()
    .default(null)
    .transform((id) => (id === '' ? null : id)),
  created_at: z.string().default(''),
});

export const flyVolumes = z.array(flyVolume).default([]);

export const extended = z.looseObject({ volume: flyVolume, needs_restart: z.boolean().default(true) });

export const flyApp = z.looseObject({
  id: z.string(),
  name: z.string(),
  status: z.string().default('unknown'),
  organization: z.looseObject({ slug: z.string() }).optional(),
  machine_count: z.number().optional(),
  volume_count: z.number().optional(),
});

const region = z.looseObject({
  code: z.string(),
  name: z.string().default(''),
  latitude: z.number().optional(),
  longitude: z.number().optional(),
  gateway_available: z.boolean().optional(),
  requires_paid_plan: z.boolean().optional(),
  deprecated: z.boolean().optional(),
});

/** The specification writes `regions`; the real service answers `Regions`. */
export const flyRegions = z.preprocess(
  withLowerCaseKeys,
  z.object({ nearest: z.string().default(''), regions: z.array(region).default([]) }),
);

const placement = z.looseObject({
  region: z.string(),
  count: z.number().default(0),
  concurrency: z.number().optional(),
});

export const flyPlacements = z.preprocess(withLowerCaseKeys, z.object({ regions: z.array(placement).default([]) }));

/** An app, as far as it is read. */
export type FlyApp = Readonly<z.output<typeof flyApp>>;
/** The regions of Fly's platform. */
export type FlyRegions = Readonly<z.output<typeof flyRegions>>;
/** How much room a region has for what was asked about. */
export type FlyPlacement = Readonly<z.output<typeof placement>>;

function withLowerCaseKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withLowerCaseKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key.toLowerCase(), withLowerCaseKeys(inner)]));
}
