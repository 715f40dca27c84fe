import { expect, test } from 'vitest';
import PoolPause from '../../src/commands/pool/pause.js';
import PoolResume from '../../src/commands/pool/resume.js';
import PoolStatus from '../../src/commands/pool/status.js';
import type { PoolStatus as Status } from '../../src/sdk/resources.js';
import { runCommand } from '../support/commands.js';
import { ago, FakeValet, sampleMachine, samplePool } from '../support/fake-valet.js';

const minute = 60;
const day = 86_400;

function showing(status: Status): FakeValet {
  return new FakeValet({ pool: { status: async () => status } });
}

test('pool status fits 80 columns: counts, how well it serves, regions, what fails, and the members', async () => {
  const status = samplePool({
    provisioning: 0,
    shortfall: 1,
    regions: [
      { region: 'fra', target: 1, ready: 1, provisioning: 0, outdated: 0, shortfall: 0 },
      { region: 'sjc', target: 1, ready: 0, provisioning: 0, outdated: 2, shortfall: 1 },
    ],
    breakers: [
      {
        region: 'sjc',
        image: 'server:2',
        failures: 3,
        opened_at: ago(5 * minute),
        retry_at: ago(-2 * minute - 1),
        last_error: 'It ended\u001b[2J three times.',
      },
      { region: 'fra', image: 'server:2', failures: 0, opened_at: null, retry_at: null, last_error: 'Long ago.' },
    ],
    use: {
      over_secs: day,
      claimed: 3,
      made: 1,
      hit_rate: 0.75,
      claiming: { count: 3, p50_secs: 0.42, p95_secs: 1.2 },
      provisioning: { count: 5, p50_secs: 14.2, p95_secs: 31.6 },
    },
    members: [sampleMachine({ created_at: ago(3 * day) })],
  });
  const ran = await runCommand(PoolStatus, [], { valet: showing(status), columns: 80 });
  expect(ran.stdout.split('\n')).toEqual([
    'mode:         filling',
    'members:      1 of 2 ready, 0 provisioning, 1 short',
    'claims:       3 of 4 served from the pool (75 %) in the last 1 d',
    'claiming:     0.4 s in the middle, 95 % within 1.2 s (of 3)',
    'provisioning: 14 s in the middle, 95 % within 32 s (of 5)',
    '',
    'REGION  TARGET  READY  PROVISIONING  OUTDATED  SHORT',
    'fra     1       1      0             0         0',
    'sjc     1       0      0             2         1',
    '',
    'sjc, server:2: failed 3 times in a row; left alone since 5 min ago, next probe in 2 min',
    '  It ended three times.',
    '',
    'NAME          STATE  PROJECT  REGION  FLY ID          FLY STATE  AGE',
    'valet-prod-7  ready  -        fra     148e4d7dc14e89  started    3 d',
    '',
  ]);
});

test('pool status of an empty pool that nobody used shows no rate, no times and no members', async () => {
  const ran = await runCommand(PoolStatus, [], { valet: showing(samplePool({ regions: [], members: [] })) });
  expect(ran.stdout.split('\n')).toEqual([
    'mode:    filling',
    'members: 1 of 2 ready, 1 provisioning, 0 short',
    'claims:  0 of 0 served from the pool in the last 1 d',
    '',
  ]);
});

test('pool status --json is the status as Valet returned it', async () => {
  const status = samplePool({ mode: 'draining' });
  expect(JSON.parse((await runCommand(PoolStatus, ['--json'], { valet: showing(status) })).stdout)).toEqual(status);
});

test.each([
  ['pause', PoolPause, 'paused', /^mode: +paused: no new members until "valet pool resume"$/m],
  ['resume', PoolResume, 'filling', /^mode: +filling$/m],
] as const)('pool %s asks nobody, and prints the pool as it is then', async (call, command, mode, line) => {
  const status = samplePool({ mode });
  const valet = new FakeValet({ pool: { [call]: async () => status } });
  const ran = await runCommand(command, [], { valet });
  expect(ran).toMatchObject({ exitCode: 0, stderr: '', stdout: expect.stringMatching(line) });
  expect(JSON.parse((await runCommand(command, ['--json'], { valet })).stdout)).toEqual(status);
});
