import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Clock } from '../../../src/local/clock.js';
import { Hosts } from '../../../src/local/fly/hosts/hosts.js';
import { Pace } from '../../../src/local/fly/pace/pace.js';
import { UnconfirmedAnswers } from '../../../src/local/fly/unconfirmed.js';
import { Copies } from '../../../src/local/fly/volumes/copies.js';
import { stateAt } from '../../../src/local/fly/volumes/states.js';
import type { Volume } from '../../../src/local/fly/volumes/volume.js';
import { Volumes } from '../../../src/local/fly/volumes/volumes.js';

const weekMs = 7 * 24 * 3600 * 1000;

interface TestVolumes extends AsyncDisposable {
  readonly volumes: Volumes;
  readonly hosts: Hosts;
  readonly clock: Clock;
  /** A volume with a file on it, held by a machine. */
  readonly held: Volume;
}

async function withHeldVolume(): Promise<TestVolumes> {
  const dir = await mkdtemp(join(tmpdir(), 'valet-volumes-'));
  const clock = new Clock();
  clock.hold();
  const hosts = new Hosts(['sjc', 'ams']);
  const pace = new Pace({ profile: 'instant', timings: { volumeMigratedPendingMs: weekMs }, random: () => 0 });
  const volumes = new Volumes({ dir, pace, clock, hosts, unconfirmed: new UnconfirmedAnswers(), copies: new Copies() });
  const created = await volumes.create({
    app: 'app',
    name: 'data',
    regions: ['sjc'],
    sizeGb: 3,
    encrypted: true,
    fstype: 'ext4',
    snapshotRetention: 5,
    autoBackup: true,
    requireUniqueZone: false,
    uniqueZoneAppWide: false,
    source: undefined,
  });
  volumes.bind(created, 'machine');
  await writeFile(join(created.dir, 'file'), 'data');
  const held = volumes.get('app', created.id);
  const end = () => rm(dir, { recursive: true, force: true });
  return { volumes, hosts, clock, held, [Symbol.asyncDispose]: end };
}

describe('the migration of a volume', () => {
  it('gives its data and its holder to a new volume on another host of the region', async () => {
    await using test = await withHeldVolume();
    const moved = await test.volumes.migrate(test.held.id);
    expect(moved).toMatchObject({ name: 'data', region: 'sjc', boundTo: 'machine', sizeGb: 3 });
    expect([moved.id, moved.host]).not.toContain(test.held.id);
    expect(moved.host).not.toBe(test.held.host);
    expect(await readFile(join(moved.dir, 'file'), 'utf8')).toBe('data');
  });

  it('leaves the old one pending_destroy for a week, with its data and without its holder', async () => {
    await using test = await withHeldVolume();
    await test.volumes.migrate(test.held.id);
    const left = test.volumes.get('app', test.held.id);
    expect(stateAt(left.course, test.clock.nowMs())).toBe('pending_destroy');
    expect(left.boundTo).toBeUndefined();
    expect(existsSync(left.dir)).toBe(true);
    await test.clock.advance(weekMs);
    expect(test.volumes.find(test.held.id)).toBeUndefined();
  });

  it('is refused while no other host of the region has room, or its own cannot be reached', async () => {
    await using test = await withHeldVolume();
    test.hosts.setRegionFull('sjc', true);
    await expect(test.volumes.migrate(test.held.id)).rejects.toMatchObject({ statusCode: 409 });
    test.hosts.setRegionFull('sjc', false);
    test.hosts.setReachable(test.held.host, false);
    await expect(test.volumes.migrate(test.held.id)).rejects.toMatchObject({ statusCode: 503 });
    expect(test.volumes.list('app')).toHaveLength(1);
  });
});
