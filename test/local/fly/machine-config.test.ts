import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { callFly, withFlyEmulator } from '../../support/fly-emulator.js';
import {
  askProgram,
  createdMachine,
  exec,
  machineRequest,
  newVolume,
  reach,
  service,
  startedMachine,
} from '../../support/fly-machines.js';

/** Every key that is published, with a value of its type. */
const everything = {
  image: 'registry.fly.io/app:1',
  env: { A: '1' },
  guest: {
    cpu_kind: 'performance',
    cpus: 8,
    memory_mb: 16_384,
    max_memory_mb: 32_768,
    gpus: 1,
    gpu_kind: 'l40s',
    host_dedication_id: 'ours',
    kernel_args: ['quiet'],
    persist_rootfs: 'never',
  },
  init: { exec: ['a'], entrypoint: ['b'], cmd: ['c'], tty: true, kernel_args: ['d'], swap_size_mb: 512 },
  services: [
    {
      protocol: 'tcp',
      internal_port: 3000,
      ports: [
        {
          port: 443,
          handlers: ['http', 'tls'],
          force_https: true,
          tls_options: { alpn: ['h2'], versions: ['TLSv1.3'], default_self_signed: false },
          http_options: {
            compress: true,
            h2_backend: false,
            idle_timeout: 60,
            headers_read_timeout: 30,
            response: { headers: { a: 'b' }, pristine: true },
            replay_cache: [{ path_prefix: '/', ttl_seconds: 60, type: 'cookie', name: 'id', allow_bypass: true }],
          },
        },
        { start_port: 5000, end_port: 5002, handlers: ['proxy_proto'], proxy_proto_options: { version: 'v2' } },
      ],
      autostop: 'suspend',
      autostart: true,
      min_machines_running: 1,
      concurrency: { type: 'requests', soft_limit: 1, hard_limit: 2 },
      checks: [{ type: 'http', port: 3000, path: '/', method: 'GET', headers: [{ name: 'a', values: ['b'] }] }],
      force_instance_key: 'a',
      force_instance_description: 'b',
    },
  ],
  checks: {
    alive: { type: 'tcp', port: 3000, interval: '15s', timeout: '2s', grace_period: '1m0s', kind: 'readiness' },
  },
  restart: { policy: 'spot-price', max_retries: 3, gpu_bid_price: 0.5 },
  auto_destroy: false,
  metadata: { row: '7' },
  stop_config: { signal: 'SIGTERM', timeout: '10s' },
  schedule: 'hourly',
  files: [
    { guest_path: '/etc/a', raw_value: 'YQ==', mode: 0o600 },
    { guest_path: '/etc/b', secret_name: 'B' },
  ],
  metrics: { port: 9091, path: '/metrics', https: false },
  processes: [{ cmd: ['a'], env: { B: '2' }, user: 'root', ignore_app_secrets: true }],
  containers: [{ name: 'side', image: 'redis', depends_on: [{ name: 'main', condition: 'started' }] }],
  volumes: [{ name: 'scratch' }],
  statics: [{ guest_path: '/public', url_prefix: '/' }],
  standbys: ['148e21c7a65d89'],
  dns: { skip_registration: true, nameservers: ['fdaa::3'], searches: ['internal'] },
  rootfs: { persist: 'never', size_gb: 8 },
  disable_machine_autostart: false,
};

describe('the config of a machine', () => {
  it('is kept with every key that is published', async () => {
    await using fly = await withFlyEmulator();
    const { body, status } = await callFly(fly, 'POST', '/machines', {
      config: everything,
      skip_launch: true,
    });
    expect(status, JSON.stringify(body)).toBe(200);
    expect(body).toMatchObject({ config: everything });
  });

  it('is refused with the words of a Go server where a type is wrong', async () => {
    await using fly = await withFlyEmulator();
    const wrong: readonly (readonly [config: object, error: string])[] = [
      [
        { services: [{ ...service, autostart: 'true' }] },
        'string into Go struct field config.services.autostart of type bool',
      ],
      [
        { services: [{ ...service, internal_port: '80' }] },
        'string into Go struct field config.services.internal_port of type int',
      ],
      [
        { services: [{ ...service, protocol: 6 }] },
        'number into Go struct field config.services.protocol of type string',
      ],
      [{ services: {} }, 'object into Go struct field config.services of type slice'],
      [{ auto_destroy: 1 }, 'number into Go struct field config.auto_destroy of type bool'],
      [{ stop_config: { timeout: true } }, 'bool into Go struct field config.stop_config.timeout of type string'],
      [{ guest: 'large' }, 'string into Go struct field config.guest of type struct'],
      [{ init: { cmd: 'run' } }, 'string into Go struct field config.init.cmd of type slice'],
    ];
    for (const [config, error] of wrong) {
      expect((await callFly(fly, 'POST', '/machines', machineRequest(config))).body).toEqual({
        error: `json: cannot unmarshal ${error}`,
      });
    }
  });

  it('drops null and what nobody has published, without a word', async () => {
    await using fly = await withFlyEmulator();
    const services = [{ ...service, force_instance_key: null, auto_stop_machines: 'stop' }];
    const { body } = await callFly(fly, 'POST', '/machines', machineRequest({ services, env: null, kill_signal: 'x' }));
    expect(body).toMatchObject({ config: { services: [{ ...service }] } });
    for (const gone of ['env', 'kill_signal', 'services.0.force_instance_key', 'services.0.auto_stop_machines']) {
      expect(body).not.toHaveProperty(`config.${gone}`);
    }
  });

  it('takes times as Go strings and as nanoseconds, and tells them as Go strings', async () => {
    await using fly = await withFlyEmulator();
    const times = { stop_config: { timeout: 90_000_000_000 }, checks: { a: { type: 'tcp', interval: '60s' } } };
    const { config } = await createdMachine(fly, times);
    expect(config).toMatchObject({ stop_config: { timeout: '1m30s' }, checks: { a: { interval: '1m0s' } } });
  });

  it('tells autostop as a boolean where there is one for it', async () => {
    await using fly = await withFlyEmulator();
    const told = async (autostop: unknown) =>
      z
        .object({ services: z.array(z.looseObject({ autostop: z.unknown() })) })
        .parse((await createdMachine(fly, { services: [{ ...service, autostop }] })).config).services[0]?.autostop;
    expect([await told('off'), await told('stop'), await told('suspend'), await told(true), await told(false)]).toEqual(
      [false, true, 'suspend', true, false],
    );
    const wrong = machineRequest({ services: [{ ...service, autostop: 'never' }] });
    expect((await callFly(fly, 'POST', '/machines', wrong)).status).toBe(400);
  });

  it('puts files into the root folder and into the volume, and never outside of them', async () => {
    await using fly = await withFlyEmulator();
    const volume = await newVolume(fly);
    const raw_value = Buffer.from('hello').toString('base64');
    const { id } = await startedMachine(fly, {
      mounts: [{ volume: volume.id, path: '/data' }],
      files: [
        { guest_path: '/etc/app/greeting', raw_value, mode: 0o600 },
        { guest_path: '/data/seed', raw_value },
        { guest_path: '/../../../escape', raw_value },
      ],
    });
    expect(await exec(fly, id, ['cat', 'etc/app/greeting', 'escape', '/data/seed'])).toMatchObject({
      stdout: 'hellohellohello',
    });
    expect((await stat(join(fly.dir, 'machines', id, 'etc/app/greeting'))).mode & 0o777).toBe(0o600);
    const files = [{ guest_path: '/a', raw_value: 'not base64!' }];
    expect((await callFly(fly, 'POST', '/machines', machineRequest({ files }))).status).toBe(400);
  });

  it('takes a file from a secret of the app, and no secret into the environment where it skips them', async () => {
    await using fly = await withFlyEmulator();
    const value = Buffer.from('of the app').toString('base64');
    await callFly(fly, 'POST', '/secrets/KEY', { value });
    const files = [
      { guest_path: '/key', secret_name: 'KEY' },
      { guest_path: '/none', secret_name: 'toString' },
    ];
    const { id } = await startedMachine(fly, { files }, { skip_secrets: true });
    expect(await exec(fly, id, ['cat', 'key'])).toMatchObject({ stdout: 'of the app' });
    expect(await exec(fly, id, ['ls', 'none'])).not.toMatchObject({ exit_code: 0 });
    expect(await askProgram(fly, id, '/env')).not.toHaveProperty('KEY');
    await callFly(fly, 'POST', `/machines/${id}`, machineRequest());
    await reach(fly, id, 'started');
    expect(await askProgram(fly, id, '/env')).toMatchObject({ KEY: value });
  });

  it('opens a range of ports, and no port without a number', async () => {
    await using fly = await withFlyEmulator();
    const ports = [{ port: 80 }, { start_port: 5000, end_port: 5002 }];
    const { id } = await createdMachine(fly, { services: [{ ...service, ports }] });
    expect(fly.machines.find(fly.app, id)?.service?.publicPorts).toEqual([80, 5000, 5001, 5002]);
    const none = machineRequest({ services: [{ ...service, ports: [{ handlers: ['http'] }] }] });
    expect((await callFly(fly, 'POST', '/machines', none)).status).toBe(400);
  });
});

describe('an image', () => {
  it('is told in its parts, those of Docker Hub by the name of the mirror', async () => {
    await using fly = await withFlyEmulator();
    const told = async (image: string) =>
      (await callFly(fly, 'POST', '/machines', { config: { image }, skip_launch: true })).body;
    const digest = expect.stringMatching(/^sha256:[0-9a-f]{64}$/);
    const mirror = 'docker-hub-mirror.fly.io';
    expect(await told('nginx')).toMatchObject({
      image_ref: { registry: mirror, repository: 'library/nginx', tag: 'latest', digest, labels: {} },
    });
    expect(await told('flyio/app:2')).toMatchObject({
      image_ref: { registry: mirror, repository: 'flyio/app', tag: '2' },
    });
    expect(await told(`registry.fly.io/app@sha256:${'0'.repeat(64)}`)).toMatchObject({
      image_ref: { registry: 'registry.fly.io', repository: 'app', digest: `sha256:${'0'.repeat(64)}` },
    });
  });
});
