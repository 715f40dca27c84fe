import { describe, expect, it } from 'vitest';
import { flyClientOf, flyMachine, flyVolume, machineOrder, nameTaken, refused } from '../../support/fly-answers.js';
import { type ScriptedAnswer, type SeenRequest, startScriptedServer } from '../../support/scripted-server.js';

const createsIn = (seen: readonly SeenRequest[]) => seen.filter(({ method }) => method === 'POST').length;

/** Answers the create with one thing and every look with another. */
const scripted = (create: ScriptedAnswer, look: ScriptedAnswer | ((number: number) => ScriptedAnswer)) => {
  let looks = 0;
  return (request: SeenRequest): ScriptedAnswer => {
    if (request.method === 'POST') return create;
    looks += 1;
    return typeof look === 'function' ? look(looks) : look;
  };
};

const unclear: readonly [string, ScriptedAnswer][] = [
  ['a lost answer', 'drop'],
  ['408', refused(408, 'deadline_exceeded')],
  ['503', refused(503, 'away')],
  ['an answer that is not JSON', { status: 200, body: '<html>' }],
];

describe('createMachine', () => {
  it('sends the order as it is and hands over the machine', async () => {
    await using server = await startScriptedServer([{ status: 200, body: flyMachine() }]);
    await using client = flyClientOf(server);
    expect((await client.fly.createMachine(machineOrder)).id).toBe(flyMachine().id);
    expect(server.seen[0]).toMatchObject({ path: '/v1/apps/demo-app/machines', body: machineOrder });
  });

  it.each(unclear)(
    'G4: after %s it adopts the machine that carries our mark, and never creates twice',
    async (_, answer) => {
      await using server = await startScriptedServer(scripted(answer, { status: 200, body: [flyMachine()] }));
      await using client = flyClientOf(server);
      expect((await client.fly.createMachine(machineOrder)).id).toBe(flyMachine().id);
      expect(createsIn(server.seen)).toBe(1);
    },
  );

  it('G4: looks again when the first list does not show the machine yet', async () => {
    const look = (number: number) => ({ status: 200, body: number < 3 ? [] : [flyMachine()] });
    await using server = await startScriptedServer(scripted('drop', look));
    await using client = flyClientOf(server);
    expect((await client.fly.createMachine(machineOrder)).id).toBe(flyMachine().id);
  });

  it('G4: adopts by the id that a name conflict names', async () => {
    const { id, name } = flyMachine();
    await using server = await startScriptedServer(scripted(nameTaken(id, name), { status: 200, body: flyMachine() }));
    await using client = flyClientOf(server);
    expect((await client.fly.createMachine(machineOrder)).id).toBe(id);
    expect(server.seen.at(-1)?.path).toBe(`/v1/apps/demo-app/machines/${id}`);
  });

  it('G3: never adopts a machine of another row, whatever its name', async () => {
    const { id, name } = flyMachine();
    const foreign = flyMachine({ config: { image: 'x', metadata: { valet_machine: 'row-2' } } });
    await using server = await startScriptedServer(scripted(nameTaken(id, name), { status: 200, body: foreign }));
    await using client = flyClientOf(server);
    await expect(client.fly.createMachine(machineOrder)).rejects.toMatchObject({
      status: 409,
      advice: 'give-up',
      conflictingMachineId: id,
    });
  });

  it.each([
    ['one that is being destroyed', flyMachine({ state: 'destroying' })],
    ['one whose host hides its metadata', { ...flyMachine({ host_status: 'unreachable' }), config: undefined }],
  ])('does not adopt %s', async (_, body) => {
    await using server = await startScriptedServer(scripted(nameTaken(body.id, body.name), { status: 200, body }));
    await using client = flyClientOf(server);
    await expect(client.fly.createMachine(machineOrder, { timeoutMs: 1_500 })).rejects.toMatchObject({
      status: 409,
      advice: 'adopt',
    });
  });

  it('throws its own error when the looks find nothing within the time', async () => {
    const startedAt = performance.now();
    await using server = await startScriptedServer(scripted(refused(503, 'away'), { status: 200, body: [] }));
    await using client = flyClientOf(server);
    await expect(client.fly.createMachine(machineOrder, { timeoutMs: 1_500 })).rejects.toMatchObject({
      status: 503,
      advice: 'adopt',
    });
    expect(performance.now() - startedAt).toBeLessThan(1_500);
    expect(createsIn(server.seen)).toBe(1);
  });

  it('G4: keeps time to look for what a create that hangs may have made', async () => {
    await using server = await startScriptedServer(scripted('hang', { status: 200, body: [flyMachine()] }));
    await using client = flyClientOf(server);
    expect((await client.fly.createMachine(machineOrder, { timeoutMs: 600 })).id).toBe(flyMachine().id);
  });

  it('G4: goes on looking when a look fails', async () => {
    const look = (number: number) => (number < 3 ? 'drop' : { status: 200, body: [flyMachine()] });
    await using server = await startScriptedServer(scripted('drop', look));
    await using client = flyClientOf(server);
    expect((await client.fly.createMachine(machineOrder)).id).toBe(flyMachine().id);
  });

  it.each([
    ['while Fly makes it', 1, 'hang', 'hang'],
    ['in the pause before a look', 2, refused(503, 'away'), { status: 200, body: [] }],
    ['in a look', 2, refused(503, 'away'), 'hang'],
  ] as const)("ends at once with the signal's reason, %s", async (_, requests, create, look) => {
    await using server = await startScriptedServer(scripted(create, look));
    // So long a pause that only the signal can end it.
    await using client = flyClientOf(server, { random: () => 1_000 });
    const controller = new AbortController();
    const pending = client.fly.createMachine(machineOrder, { timeoutMs: 6_000_000, signal: controller.signal });
    const reason = new Error('shutting down');
    pending.catch(() => undefined);
    await expect.poll(() => server.seen.length).toBe(requests);
    controller.abort(reason);
    await expect(pending).rejects.toBe(reason);
    expect(server.seen).toHaveLength(requests);
  });

  it('repeats while the volume that it mounts is not visible yet', async () => {
    const notYet = refused(400, 'invalid_argument: volume does not exist');
    await using server = await startScriptedServer([notYet, notYet, { status: 200, body: flyMachine() }]);
    await using client = flyClientOf(server);
    await client.fly.createMachine(machineOrder);
    expect(server.seen.map(({ method }) => method)).toEqual(['POST', 'POST', 'POST']);
  });

  it('G4: looks by list when a name conflict names no id', async () => {
    const conflict = refused(409, 'already_exists: machine');
    await using server = await startScriptedServer(scripted(conflict, { status: 200, body: [flyMachine()] }));
    await using client = flyClientOf(server);
    expect((await client.fly.createMachine(machineOrder)).id).toBe(flyMachine().id);
    expect(createsIn(server.seen)).toBe(1);
  });

  it('G4: makes a name before the call when there is none, and adopts by it', async () => {
    let name = '';
    await using server = await startScriptedServer(({ method, body }) => {
      if (method === 'GET')
        return { status: 200, body: [flyMachine({ id: 'other', name: 'x' }), flyMachine({ name })] };
      name = String(Object(body).name);
      return 'drop';
    });
    await using client = flyClientOf(server);
    const { config } = machineOrder;
    const unmarked = { region: 'sjc,lax,any', config: { image: config.image }, skip_launch: true };
    expect(await client.fly.createMachine(unmarked)).toMatchObject({ id: flyMachine().id, name });
    expect(name).toMatch(/^m-[0-9a-f]{16}$/);
    expect(server.seen[0]?.body).toEqual({ ...unmarked, name });
    expect(createsIn(server.seen)).toBe(1);
  });

  it('never adopts by a name that others may have used, without a mark', async () => {
    const order = { ...machineOrder, config: { image: 'x' } };
    const found = { status: 200, body: [flyMachine({ config: order.config })] };
    await using server = await startScriptedServer(scripted(refused(503, 'away'), found));
    await using client = flyClientOf(server);
    const create = client.fly.createMachine(order, { timeoutMs: 1_500 });
    await expect(create).rejects.toMatchObject({ status: 503, advice: 'adopt' });
    expect(createsIn(server.seen)).toBe(1);
  });

  it('does not look once the client is closed', async () => {
    await using server = await startScriptedServer(['hang']);
    const { fly } = flyClientOf(server);
    const create = fly.createMachine(machineOrder).catch((error: unknown) => error);
    await expect.poll(() => server.seen.length).toBe(1);
    await fly.close();
    expect(await create).toMatchObject({ kind: 'closed' });
  });

  it('repeats what was never accepted', async () => {
    await using server = await startScriptedServer([refused(429, 'slow'), { status: 200, body: flyMachine() }]);
    await using client = flyClientOf(server);
    expect((await client.fly.createMachine(machineOrder)).id).toBe(flyMachine().id);
  });

  it('hands on a plain refusal without looking', async () => {
    await using server = await startScriptedServer([
      refused(422, 'could not find a candidate host', 'insufficient_capacity'),
    ]);
    await using client = flyClientOf(server);
    await expect(client.fly.createMachine(machineOrder)).rejects.toMatchObject({ advice: 'retry-elsewhere-region' });
    expect(server.seen).toHaveLength(1);
  });
});

describe('createVolume', () => {
  const order = { name: 'valet_row_1', region: 'sjc', size_gb: 1 };

  it('accepts 201', async () => {
    await using server = await startScriptedServer([{ status: 201, body: flyVolume() }]);
    await using client = flyClientOf(server);
    expect(await client.fly.createVolume(order)).toEqual(flyVolume());
  });

  it('G4: after a lost answer it adopts the one live volume of that name', async () => {
    const body = [
      flyVolume({ id: 'vol_0', state: 'pending_destroy' }),
      flyVolume({ id: 'vol_9', name: 'else' }),
      flyVolume(),
    ];
    await using server = await startScriptedServer(scripted('drop', { status: 200, body }));
    await using client = flyClientOf(server);
    expect((await client.fly.createVolume(order)).id).toBe('vol_1');
    expect(createsIn(server.seen)).toBe(1);
  });

  it('adopts none of two', async () => {
    const body = [flyVolume(), flyVolume({ id: 'vol_2' })];
    await using server = await startScriptedServer(scripted(refused(503, 'away'), { status: 200, body }));
    await using client = flyClientOf(server);
    await expect(client.fly.createVolume(order)).rejects.toMatchObject({ status: 503, advice: 'give-up' });
  });
});
