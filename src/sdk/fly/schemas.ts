/**
 * What Valet reads of Fly's answers, checked loosely: unknown keys and unknown states pass, because a newer API adds
 * both. Null counts as absent (`readAnswer` sees to it).
 */
import { z } from 'zod';
import type { FlyMachine, FlyMachineConfig, FlyService, FlyVolume } from './wire.js';

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

const event = z.looseObject({
  id: z.string(),
  type: z.string(),
  status: z.string(),
  source: z.string(),
  timestamp: z.number(),
  request: z.unknown().exactOptional(),
});

export const flyMachineSchema: z.ZodType<FlyMachine> = z.looseObject({
  id: z.string(),
  name: z.string(),
  state: z.string(),
  region: z.string(),
  instance_id: z.string().default(''),
  private_ip: z.string().default(''),
  config: config.exactOptional(),
  host_status: z.enum(['ok', 'unknown', 'unreachable']).exactOptional().catch('unknown'),
  events: z.array(event).exactOptional(),
  created_at: z.string().default(''),
  updated_at: z.string().default(''),
});

export const flyMachinesSchema = z.array(flyMachineSchema).default([]);

export const flyVolumeSchema: z.ZodType<FlyVolume> = z.looseObject({
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

export const flyVolumesSchema = z.array(flyVolumeSchema).default([]);

export const flyAppSchema = z.looseObject({
  id: z.string(),
  name: z.string(),
  status: z.string().default('unknown'),
  machine_count: z.number().optional(),
  volume_count: z.number().optional(),
});

export interface FlyApp {
  readonly id: string;
  readonly name: string;
  readonly status: string;
}

/** `state` is absent in answers of older servers. */
export const waitAnswerSchema = z.looseObject({ state: z.string().optional() }).optional();
