import { describe, expect, it } from 'vitest';
import {
  protocolOf,
  machineStatus as status,
  machineTarget as target,
  machineTitle as title,
} from '../../support/machine-protocol.js';
import { closedPort, startScriptedServer } from '../../support/scripted-server.js';

describe('waitUntilReady', () => {
  it('asks until the machine answers', async () => {
    await using server = await startScriptedServer([
      'drop',
      { status: 503 },
      { status: 500 },
      { status: 200, body: status },
    ]);
    await using client = protocolOf(server);
    expect(await client.protocol.waitUntilReady(target, { timeoutMs: 10_000 })).toMatchObject({
      kind: 'valet',
      epoch: 7,
    });
  });

  it('takes any answer of a basic server, and gives up at once on a wrong secret', async () => {
    await using server = await startScriptedServer([{ status: 404 }, { status: 401 }]);
    await using client = protocolOf(server);
    expect(await client.protocol.waitUntilReady(target, { timeoutMs: 10_000 })).toEqual({ kind: 'basic' });
    await expect(client.protocol.waitUntilReady(target, { timeoutMs: 10_000 })).rejects.toMatchObject({
      code: 'machine_refused',
      details: { status: 401 },
    });
  });

  it('is bounded where nobody ever listens', async () => {
    await using client = protocolOf({ url: `http://127.0.0.1:${await closedPort()}` });
    await expect(client.protocol.waitUntilReady(target, { timeoutMs: 300 })).rejects.toMatchObject({
      code: 'machine_unreachable',
      message: `${title} did not answer status: it was not ready within 300 ms.`,
    });
  });
});
