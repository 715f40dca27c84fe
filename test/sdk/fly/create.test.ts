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
    await using server = await startScriptedServer(scripted(refused(503, 'away'), { status: 200, body: [] }));
    await using client = flyClientOf(server);
    await expect(client.fly.createMachine(machineOrder, { timeoutMs: 1_500 })).rejects.toMatchObject({
      status: 503,
      advice: 'adopt',
    });
    expect(createsIn(server.seen)).toBe(1);
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
