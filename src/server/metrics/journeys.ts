import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Telemetry } from '../../sdk/telemetry.js';
import type { RegionLabels } from './labels.js';

type JourneyTelemetry = Omit<Telemetry, 'flyCall' | 'flyFailure'>;

const kibibyte = 1_024;
const mebibyte = 1_024 * kibibyte;
const wakeBuckets = [0.25, 0.5, 1, 1.5, 2, 3, 5, 8, 13, 20, 30, 60, 120, 300];
const archiveBuckets = [1, 2, 5, 10, 20, 30, 60, 120, 300, 900];
const sizeBuckets = [64 * kibibyte, ...[1, 4, 16, 64, 256, 1_024, 4_096].map((size) => size * mebibyte)];

/** What projects go through: counted as it is told, which is seldom. */
export function journeyTelemetry(registry: Registry, regions: RegionLabels): JourneyTelemetry {
  return { ...wakes(registry), ...claims(registry, regions), ...archives(registry), ...sweeps(registry) };
}

function wakes(registry: Registry): Pick<Telemetry, 'wake'> {
  const duration = new Histogram({
    name: 'valet_wake_duration_seconds',
    help: 'How long it took to bring a project back, by how it came back and how that ended.',
    labelNames: ['kind', 'outcome'],
    buckets: wakeBuckets,
    registers: [registry],
  });
  return { wake: ({ kind, outcome, durationMs }) => duration.observe({ kind, outcome }, durationMs / 1_000) };
}

function claims(registry: Registry, regions: RegionLabels): Pick<Telemetry, 'claim'> {
  const claimed = new Counter({
    name: 'valet_claims_total',
    help: 'Projects that were given a machine: by the pool (hit) or by making one (miss), by the wished region.',
    labelNames: ['outcome', 'region'],
    registers: [registry],
  });
  for (const region of regions.all) for (const outcome of ['hit', 'miss'] as const) claimed.inc({ outcome, region }, 0);
  return { claim: ({ outcome, region }) => claimed.inc({ outcome, region: regions.of(region) }) };
}

function archives(registry: Registry): Pick<Telemetry, 'archive'> {
  const duration = new Histogram({
    name: 'valet_archive_duration_seconds',
    help: 'How long attempts to archive a project took, proof included, by how they ended.',
    labelNames: ['outcome'],
    buckets: archiveBuckets,
    registers: [registry],
  });
  const size = new Histogram({
    name: 'valet_archive_bytes',
    help: 'Size of the archives that were made.',
    buckets: sizeBuckets,
    registers: [registry],
  });
  for (const outcome of ['archived', 'cancelled', 'failed'] as const) duration.zero({ outcome });
  return {
    archive: ({ outcome, durationMs, bytes }) => {
      duration.observe({ outcome }, durationMs / 1_000);
      if (bytes !== null) size.observe(bytes);
    },
  };
}

function sweeps(registry: Registry): Pick<Telemetry, 'sweep'> {
  const registers = [registry];
  const ended = new Counter({
    name: 'valet_sweeps_total',
    help: 'Sweeps that this instance ran, by how they ended.',
    labelNames: ['outcome'],
    registers,
  });
  const projects = new Counter({
    name: 'valet_sweep_projects_total',
    help: 'Idle projects that sweeps came to, by what became of them.',
    labelNames: ['result'],
    registers,
  });
  const leftOver = new Gauge({
    name: 'valet_sweep_left_over',
    help: 'Idle projects that the last sweep of this instance had no room for.',
    registers,
  });
  for (const outcome of ['done', 'aborted', 'failed'] as const) ended.inc({ outcome }, 0);
  for (const result of ['archived', 'kept', 'failed'] as const) projects.inc({ result }, 0);
  return {
    sweep: ({ outcome, leftOver: left, ...counts }) => {
      ended.inc({ outcome });
      projects.inc({ result: 'archived' }, counts.archived);
      projects.inc({ result: 'kept' }, counts.kept);
      projects.inc({ result: 'failed' }, counts.failed);
      leftOver.set(left);
    },
  };
}
