import { execFileSync } from 'node:child_process';
import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import type { FlyEmulator } from '../../../src/local/fly/emulator.js';
import { parsePs } from '../../../src/local/fly/machines/processes/posix.js';
import { splitCommand } from '../../../src/local/fly/machines/split-command.js';
import { callFly, withFlyEmulator } from '../../support/fly-emulator.js';
import {
  destroyed,
  exec,
  expectGone,
  newVolume,
  programPid,
  reach,
  startedMachine,
  tell,
} from '../../support/fly-machines.js';

describe('exec', () => {
  it('runs the command in the root folder, with the environment of the machine and its stdin', async () => {
    await using fly = await withFlyEmulator();
    const { id } = await startedMachine(fly, { env: { GREETING: 'hello' } });
    const script = 'pwd; echo $GREETING $FLY_MACHINE_ID; cat; echo wrong >&2';
    expect(await exec(fly, id, ['/bin/sh', '-c', script], { stdin: 'sent' })).toEqual({
      exit_code: 0,
      exit_signal: 0,
      stdout: `${fly.dir}/machines/${id}\nhello ${id}\nsent`,
      stderr: 'wrong\n',
    });
  });

  it('answers 200 for a command that fails, is killed or does not exist, and says so in exit_code', async () => {
    await using fly = await withFlyEmulator();
    const { id } = await startedMachine(fly);
    expect(await exec(fly, id, ['/bin/sh', '-c', 'exit 7'])).toMatchObject({ exit_code: 7 });
    expect(await exec(fly, id, ['/bin/sh', '-c', 'kill -9 $$'])).toMatchObject({ exit_code: 137, exit_signal: 9 });
    expect(await exec(fly, id, ['no-such-command'])).toMatchObject({
      exit_code: 127,
      stderr: 'no-such-command: command not found\n',
    });
  });

  it('takes the old cmd, one line', async () => {
    await using fly = await withFlyEmulator();
    const { id } = await startedMachine(fly);
    const reply = await callFly(fly, 'POST', `/machines/${id}/exec`, { cmd: `printf '%s|' "a b" c\\ d` });
    expect(reply.body).toMatchObject({ exit_code: 0, stdout: 'a b|c d|' });
  });

  it('finds the volume where it is mounted', async () => {
    await using fly = await withFlyEmulator();
    const { id: volume } = await newVolume(fly);
    const { id } = await startedMachine(fly, { mounts: [{ volume, path: '/data' }] });
    await exec(fly, id, ['touch', '/data/made']);
    expect(await exec(fly, id, ['ls', `${fly.dir}/volumes/${volume}`])).toMatchObject({ stdout: 'made\n' });
  });

  it('gives up a command that takes longer than it was given, and ends all of it', async () => {
    await using fly = await withFlyEmulator();
    const { id } = await startedMachine(fly);
    fly.clock.hold();
    const asked = callFly(fly, 'POST', `/machines/${id}/exec`, {
      command: ['/bin/sh', '-c', 'sleep 1000 & sleep 1000'],
      timeout: 5,
    });
    await vi.waitFor(async () => expect(await listed(fly, id, 'sleep 1000')).toHaveLength(3), { timeout: 10_000 });
    const sleeps = await listed(fly, id, 'sleep 1000');
    await fly.clock.advance(5000);
    expect(await asked).toMatchObject({
      status: 408,
      body: { error: 'deadline_exceeded: command did not end within 5 seconds' },
    });
    for (const { pid } of sleeps) await expectGone(pid);
  });

  it('answers although a daemon of the command stays behind, and lets its machine and the emulator end', async () => {
    await using fly = await withFlyEmulator();
    const { id } = await startedMachine(fly);
    const daemon = "require('node:child_process').spawn('sleep', ['1000'], { detached: true, stdio: 'inherit' })";
    const script = `const { pid } = ${daemon}; console.log(pid); process.exit()`;
    const { exit_code, stdout } = await exec(fly, id, [process.execPath, '-e', script]);
    using _ = { [Symbol.dispose]: () => process.kill(Number(stdout), 'SIGKILL') };
    expect(exit_code).toBe(0);
    await destroyed(fly, id);
  });

  it('keeps a bounded part of the output', async () => {
    await using fly = await withFlyEmulator();
    const { id } = await startedMachine(fly);
    const { stdout } = await exec(fly, id, ['head', '-c', '3000000', '/dev/zero']);
    expect(stdout.length).toBe(1024 * 1024);
  });

  it('is paused with its machine and goes on with it', async () => {
    await using fly = await withFlyEmulator();
    const { id } = await startedMachine(fly);
    const asked = callFly(fly, 'POST', `/machines/${id}/exec`, { command: ['sleep', '1000'] });
    await vi.waitFor(async () => expect(await listed(fly, id, 'sleep 1000')).toHaveLength(1), { timeout: 10_000 });
    const [pid] = (await listed(fly, id, 'sleep 1000')).map((one) => String(one.pid));
    const state = () =>
      execFileSync('ps', ['-o', 'state=', '-p', pid ?? ''])
        .toString()
        .trim();
    await tell(fly, id, 'suspend');
    await reach(fly, id, 'suspended');
    await vi.waitFor(() => expect(state()).toMatch(/^T/), { timeout: 10_000, interval: 20 });
    await tell(fly, id, 'start');
    await reach(fly, id, 'started');
    await vi.waitFor(() => expect(state()).not.toMatch(/^T/), { timeout: 10_000, interval: 20 });
    await tell(fly, id, 'stop');
    expect((await asked).status).toBe(200);
  });

  it('ends with its machine', async () => {
    await using fly = await withFlyEmulator();
    const { id } = await startedMachine(fly);
    const asked = callFly(fly, 'POST', `/machines/${id}/exec`, { command: ['sleep', '1000'] });
    await vi.waitFor(async () => expect(await listed(fly, id, 'sleep 1000')).toHaveLength(1), { timeout: 10_000 });
    await tell(fly, id, 'stop');
    expect(await asked).toMatchObject({ status: 200, body: { exit_code: 137, exit_signal: 9 } });
  });

  it('is refused without a command, with more than 60 seconds, and on a machine that does not run', async () => {
    await using fly = await withFlyEmulator({ unconfirmed: { execNotRunningStatus: 500 } });
    const { id } = await startedMachine(fly);
    for (const body of [{}, { command: [] }, { cmd: '"open' }, { command: ['true'], timeout: 61 }, { command: 'ls' }]) {
      expect((await callFly(fly, 'POST', `/machines/${id}/exec`, body)).status, JSON.stringify(body)).toBe(400);
    }
    await tell(fly, id, 'stop');
    await reach(fly, id, 'stopped');
    expect(await callFly(fly, 'POST', `/machines/${id}/exec`, { command: ['true'] })).toMatchObject({
      status: 500,
      body: { error: "internal: unable to exec on machine from current state: 'stopped'" },
    });
  });
});

describe('a command line', () => {
  it('is parted into words as a shell does', () => {
    expect(splitCommand(`a  'b c' "d \\"e\\"" f\\ g h'i'j`)).toEqual(['a', 'b c', 'd "e"', 'f g', 'hij']);
    expect(splitCommand('')).toEqual([]);
    expect(splitCommand(`a 'b`)).toBeUndefined();
  });
});

describe('the processes of a machine', () => {
  it('are those of its program and of what that started', async () => {
    await using fly = await withFlyEmulator();
    const { id } = await startedMachine(fly);
    const [program, child] = [await programPid(fly, id), await programPid(fly, id, '/child')];
    const port = fly.machines.find(fly.app, id)?.address?.port;
    const processes = await listed(fly, id);
    expect(processes.map(({ pid }) => pid)).toEqual([program, child].toSorted((a, b) => a - b));
    expect(processes.find(({ pid }) => pid === program)).toMatchObject({
      command: expect.stringContaining('counting-server.mjs'),
      directory: `${fly.dir}/machines/${id}`,
      rss: expect.any(Number),
      listen_sockets: [{ proto: 'tcp', address: `127.0.0.1:${port}` }],
    });
    expect((await listed(fly, id, '', '?sort_by=pid&order=desc')).map(({ pid }) => pid)).toEqual(
      processes.map(({ pid }) => pid).toReversed(),
    );
    expect((await callFly(fly, 'GET', `/machines/${id}/ps?sort_by=name`)).status).toBe(400);
  });

  it('are read from ps where there is no /proc', () => {
    const output =
      '  10   10  2048   0:01.50 node server.js\n  11   10   512   1:00:00 sleep 9\n  12  12 1 0:00 other\n';
    expect(parsePs(output, [10])).toMatchObject([
      { pid: 10, rss: 2048 * 1024, rtime: 150, command: 'node server.js' },
      { pid: 11, cpu: 360_000, command: 'sleep 9' },
    ]);
  });
});

describe('memory', () => {
  it('has a limit that can be lowered, and never above what the machine has', async () => {
    await using fly = await withFlyEmulator();
    const { id } = await startedMachine(fly, { guest: { cpu_kind: 'shared', cpus: 1, memory_mb: 512 } });
    const path = `/machines/${id}/memory`;
    expect((await callFly(fly, 'GET', path)).body).toEqual({ limit_mb: 512, available_mb: 512 });
    expect((await callFly(fly, 'PUT', path, { limit_mb: 256 })).body).toMatchObject({ limit_mb: 256 });
    expect((await callFly(fly, 'GET', path)).body).toMatchObject({ limit_mb: 256 });
    expect((await callFly(fly, 'PUT', path, { limit_mb: 1024 })).status).toBe(400);
    expect((await callFly(fly, 'POST', `${path}/reclaim`, { amount_mb: 64 })).body).toEqual({ actual_mb: 64 });
  });
});

async function listed(
  fly: FlyEmulator,
  id: string,
  command = '',
  query = '',
): Promise<readonly { pid: number; command: string }[]> {
  const { body } = await callFly(fly, 'GET', `/machines/${id}/ps${query}`);
  return z
    .array(z.looseObject({ pid: z.number(), command: z.string() }))
    .parse(body)
    .filter((one) => one.command.includes(command));
}
