import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { getMachine, tell } from '../../support/fly-machines.js';
import { type IdleMachines, idleMachines } from '../../support/idle-machines.js';
import { internalSecret } from '../../support/project-server.js';

/** Some looks of the server's fit into it, on a busy computer too. */
const idleSecs = 0.4;

async function about({ visit }: IdleMachines, id: string): Promise<Record<string, unknown>> {
  const reply = await visit(id, { path: '/about' });
  expect(reply.status, reply.body).toBe(200);
  return JSON.parse(reply.body);
}

describe('the machine of an idle project', () => {
  test('suspends itself, is woken by a request with its memory kept, and counts anew', async () => {
    await using machines = await idleMachines(idleSecs);
    const id = await machines.configured();
    const before = await about(machines, id);
    await machines.asleep(id);
    const after = await about(machines, id);
    expect(after).toMatchObject({ boot_id: before.boot_id, requests_since_boot: 2 });
    await machines.asleep(id);
    expect(await machines.sleeps(id)).toBe(2);
  });

  test('G11: is kept awake neither by health checks nor by whoever asks for its status', async () => {
    await using machines = await idleMachines(idleSecs);
    const checks = { page: { type: 'http', port: 3000, path: '/health', interval: '100ms', grace_period: '1ms' } };
    const id = await machines.configured({ checks });
    const headers = { authorization: `Bearer ${internalSecret}` };
    let asked = 0;
    const look = async () => {
      // One that is asked while it falls asleep does not answer.
      const init = { headers, signal: AbortSignal.timeout(500) };
      const answer = await machines
        .client(id)
        .fetch('/internal/status', init)
        .catch(() => undefined);
      if (answer?.status === 200) asked += 1;
      return (await getMachine(machines.fly, id)).state;
    };
    await expect.poll(look, { interval: 20 }).toBe('suspended');
    expect(asked).toBeGreaterThan(3);
  });

  test('counts anew also when somebody else put it to sleep and woke it: whoever did that has yet to speak', async () => {
    await using machines = await idleMachines(idleSecs);
    const id = await machines.configured();
    const { fly } = machines;
    await tell(fly, id, 'suspend');
    await machines.asleep(id);
    const sleptMs = performance.now();
    // Longer than it may be quiet, and than a mere delay: what counts is how long it ran quietly.
    await expect.poll(() => performance.now() - sleptMs).toBeGreaterThan(1_000 + 2 * idleSecs * 1000);
    await tell(fly, id, 'start');
    await expect.poll(() => machines.sleeps(id)).toBe(2);
    const [slept, woke] = await Promise.all([machines.lastAtMs(id, 'suspending'), machines.lastAtMs(id, 'started')]);
    // Timers are exact to some milliseconds.
    expect(slept - woke).toBeGreaterThan(idleSecs * 900);
  });

  test('is served by a cold boot where its snapshot is gone', async () => {
    await using machines = await idleMachines(idleSecs);
    const id = await machines.configured();
    const before = await about(machines, id);
    await machines.asleep(id);
    machines.fly.faults.loseSnapshot(id);
    const after = await about(machines, id);
    expect(after.boot_id).not.toBe(before.boot_id);
    expect(after).toMatchObject({ project_id: 'demo', epoch: 1 });
  });
});

describe('what stays awake while others fall asleep', () => {
  /** Shows that there was time for it: another machine has done it twice. */
  async function restTwice(machines: IdleMachines, id: string): Promise<void> {
    await machines.asleep(id);
    await about(machines, id);
    await machines.asleep(id);
  }

  test('is a machine that waits in the pool', async () => {
    await using machines = await idleMachines(idleSecs);
    const waiting = await machines.warm();
    await restTwice(machines, await machines.configured());
    expect(await getMachine(machines.fly, waiting)).toMatchObject({ state: 'started' });
    expect(await machines.sleeps(waiting)).toBe(0);
  });

  test('is one with a WebSocket on which nothing is said, and it sleeps when that is closed', async () => {
    await using machines = await idleMachines(idleSecs);
    const id = await machines.configured();
    const webSocket = machines.webSocket(id);
    await once(webSocket, 'open');
    await restTwice(machines, await machines.configured());
    expect(await machines.sleeps(id)).toBe(0);
    webSocket.close();
    await machines.asleep(id);
  });

  test('is one that stopped serving for an archive, until it serves again', async () => {
    await using machines = await idleMachines(idleSecs);
    const id = await machines.configured();
    // Nobody listens there: it has stopped serving all the same.
    await machines.client(id).call('archive-to-r2', 2, { r2_key: 'k', upload_url: 'http://127.0.0.1:9/k' });
    await restTwice(machines, await machines.configured());
    expect(await machines.sleeps(id)).toBe(0);
    expect((await machines.client(id).call('resume', 3)).status).toBe(200);
    await machines.asleep(id);
  });
});

describe('between the wish to sleep and the sleep', () => {
  /** Its wish has reached Fly, which does not act on it until `grant` is called. */
  async function wishing(machines: IdleMachines, id: string) {
    const { faults } = machines.fly;
    const held = faults.add({ call: 'suspend_machine', kind: 'hang', times: 1, target: id });
    await expect.poll(() => faults.list().find((fault) => fault.id === held.id)?.left).toBe(0);
    return { grant: () => held.remove() };
  }

  test('a request is served', async () => {
    await using machines = await idleMachines(idleSecs);
    const id = await machines.configured();
    const { grant } = await wishing(machines, id);
    const before = await about(machines, id);
    grant();
    await machines.asleep(id);
    expect((await about(machines, id)).boot_id).toBe(before.boot_id);
  });

  test('a WebSocket opens when the proxy has woken the machine for it, not under the sleep', async () => {
    await using machines = await idleMachines(idleSecs);
    const id = await machines.configured();
    const { grant } = await wishing(machines, id);
    const before = await about(machines, id);
    const webSocket = machines.webSocket(id);
    let sleepsAtOpen = -1;
    const opened = once(webSocket, 'open').then(async () => {
      sleepsAtOpen = await machines.sleeps(id);
    });
    // It takes the same way and is answered at once: by then the handshake is there as well, and waits.
    await about(machines, id);
    grant();
    await opened;
    expect(sleepsAtOpen).toBe(1);
    webSocket.send('heard');
    expect(String((await once(webSocket, 'message'))[0])).toBe('heard');
    webSocket.close();
    expect((await about(machines, id)).boot_id).toBe(before.boot_id);
  });

  test('a call of the control plane is answered', async () => {
    await using machines = await idleMachines(idleSecs);
    const id = await machines.configured();
    const { grant } = await wishing(machines, id);
    expect((await machines.client(id).configure(2)).status).toBe(200);
    grant();
    await machines.asleep(id);
    expect((await about(machines, id)).epoch).toBe(2);
  });
});

describe('a refusal to be suspended', () => {
  test('is no fault: it serves on, asks again later, and sleeps when it may', async () => {
    await using machines = await idleMachines(idleSecs);
    const { faults } = machines.fly;
    const refusal = { call: 'suspend_machine', kind: 'refuse', status: 412, error: 'not now', times: 2 } as const;
    faults.add(refusal);
    const id = await machines.configured();
    await expect.poll(() => faults.list()).toEqual([]);
    expect(await machines.sleeps(id)).toBe(0);
    await machines.asleep(id);
    await about(machines, id);
  });
});
