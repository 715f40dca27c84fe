import { expect, it } from 'vitest';
import { configHash, type MachineTemplate, machineConfig } from '../../../src/sdk/pool/machine-config.js';
import { environmentStamp, newMachine } from '../../../src/sdk/pool/new-machine.js';

const template: MachineTemplate = {
  environment: 'production',
  image: 'registry.fly.io/app:v1',
  guest: { cpu_kind: 'shared', cpus: 1, memory_mb: 256 },
  volumeGb: 1,
  controlUrl: 'https://valet.example.com',
  extraEnv: {},
};
const where = { flyApp: 'app', region: 'sjc' };
const machine = { id: 'm1', volumeId: 'vol_1', internalSecret: 'secret-of-m1' };

it('G4: a new row has names of its own, from which the row and the environment can be found again', () => {
  const [one, two] = [newMachine(template, where), newMachine(template, where)];
  expect(one.id).not.toBe(two.id);
  for (const row of [one, two]) {
    const stamp = environmentStamp('production');
    expect(row.name).toBe(`valet-${stamp}-${row.id}`);
    expect(row.volumeName).toBe(`v${stamp}_${row.id}`);
    expect(row).toMatchObject({ environment: 'production', flyApp: 'app', region: 'sjc', image: template.image });
    expect(row.configHash).toBe(configHash(template));
  }
});

it('Fly takes a volume’s name of up to 30 letters, digits and underscores, whatever the environment is called', () => {
  for (const environment of ['p', 'production', 'a very long name with – punctuation'.repeat(10)]) {
    expect(newMachine({ ...template, environment }, where).volumeName).toMatch(/^[a-z0-9_]{1,30}$/);
  }
});

it('two environments never share a stamp that they would take for their own', () => {
  expect(environmentStamp('production')).not.toBe(environmentStamp('staging'));
});

it('machines of one configuration are interchangeable, of another they are not', () => {
  expect(configHash({ ...template })).toBe(configHash(template));
  const others: Partial<MachineTemplate>[] = [
    { image: 'registry.fly.io/app:v2' },
    { guest: { ...template.guest, memory_mb: 512 } },
    { volumeGb: 2 },
    { controlUrl: 'https://other.example.com' },
    { extraEnv: { R2_BUCKET: 'bucket' } },
    { environment: 'staging' },
  ];
  const hashes = others.map((other) => configHash({ ...template, ...other }));
  expect(new Set([...hashes, configHash(template)]).size).toBe(others.length + 1);
});

it('a machine carries its environment’s stamp, its row’s id, its volume and its own secret', () => {
  const config = machineConfig(template, machine);
  expect(config.metadata).toEqual({ valet_environment: 'production', valet_machine: 'm1' });
  expect(config.mounts).toEqual([{ volume: 'vol_1', path: '/data' }]);
  expect(config.env).toMatchObject({ VALET_INTERNAL_SECRET: 'secret-of-m1', VALET_CONTROL_URL: template.controlUrl });
});

it('autostart and autostop are both sent, with a soft limit of 1', () => {
  expect(machineConfig(template, machine).services).toMatchObject([
    { autostart: true, autostop: 'suspend', min_machines_running: 0, concurrency: { soft_limit: 1 } },
  ]);
});

it('what is handed to servers that talk to R2 never replaces what Valet sets', () => {
  const { env } = machineConfig(
    { ...template, extraEnv: { R2_BUCKET: 'b', VALET_INTERNAL_SECRET: 'stolen' } },
    machine,
  );
  expect(env).toMatchObject({ R2_BUCKET: 'b', VALET_INTERNAL_SECRET: 'secret-of-m1' });
});
