import { describe, expect, it } from 'vitest';
import { deriveMachineSecret } from '../../../src/sdk/machines/secret.js';
import {
  protocolOf,
  machineStatus as status,
  machineTarget as target,
  machineTitle as title,
} from '../../support/machine-protocol.js';
import { startScriptedServer } from '../../support/scripted-server.js';

const presigned = 'https://r2.example/bucket/key?X-Amz-Signature=abcdef';

const manifest = {
  format: 1,
  project_id: 'demo',
  epoch: 8,
  created_at: '2026-01-01T00:00:00.000Z',
  size: 4096,
  sha256: 'a'.repeat(64),
  tables: { notes: 3 },
};

describe('MachineProtocol', () => {
  it("speaks to the machine's private name with the secret of that machine and the epoch", async () => {
    await using server = await startScriptedServer([{ status: 200 }]);
    await using client = protocolOf(server);
    await client.protocol.configure(target, 7, { project_id: 'demo', deploy_key: 'dk' });
    expect(server.seen[0]).toMatchObject({
      method: 'POST',
      path: '/0123456789abcd.vm.demo-app.internal/internal/configure',
      body: { project_id: 'demo', deploy_key: 'dk' },
      headers: {
        authorization: `Bearer ${deriveMachineSecret('behind', 'valet-m-1')}`,
        'valet-epoch': '7',
        connection: 'close',
      },
    });
  });

  it('reads the status of a Valet server, and knows a basic one by its 404', async () => {
    const answers = [
      { status: 200, body: status },
      { status: 200, body: { ready: true, project_id: null } },
      { status: 404 },
    ];
    await using server = await startScriptedServer(answers);
    await using client = protocolOf(server);
    expect(await client.protocol.status(target)).toEqual({ kind: 'valet', ...status });
    expect(await client.protocol.status(target)).toMatchObject({ kind: 'valet', project_id: null, epoch: 0 });
    expect(await client.protocol.status(target)).toEqual({ kind: 'basic' });
  });

  it('a basic server could restore unless it does not know the call', async () => {
    const answers = [{ status: 200, body: status }, { status: 404 }, { status: 400 }, { status: 404 }, { status: 404 }];
    await using server = await startScriptedServer(answers);
    await using client = protocolOf(server);
    expect(await client.protocol.restores(target, 7)).toBe(true);
    expect(await client.protocol.restores(target, 7)).toBe(true);
    expect(await client.protocol.restores(target, 7)).toBe(false);
  });

  it.each(['<html>hello</html>', '{"hello":"world"}'])('does not take %s for a status', async (body) => {
    await using server = await startScriptedServer([{ status: 200, body }]);
    await using client = protocolOf(server);
    await expect(client.protocol.status(target)).rejects.toMatchObject({
      code: 'machine_refused',
      details: { code: 'invalid_answer' },
    });
  });

  it('asks up to 5 times while the machine is away', async () => {
    await using server = await startScriptedServer([
      'drop',
      { status: 502 },
      { status: 503 },
      { status: 504 },
      { status: 200 },
    ]);
    await using client = protocolOf(server);
    await client.protocol.resume(target, 7);
    expect(server.seen).toHaveLength(5);
  });

  it('says which machine it was that did not answer, after the last try', async () => {
    await using server = await startScriptedServer([
      { status: 503, body: { code: 'stopping', detail: 'The server is stopping.' } },
    ]);
    await using client = protocolOf(server, { tries: 2 });
    await expect(client.protocol.resume(target, 7)).rejects.toMatchObject({
      code: 'machine_unreachable',
      message: `${title} did not answer resume: it answered 503 stopping (The server is stopping), after 2 tries.`,
    });
    expect(server.seen).toHaveLength(2);
  });

  it.each([
    [401, { error: 'unauthorized' }, null],
    [409, { code: 'stale_epoch', reason: 'epoch 9 was seen' }, 'stale_epoch'],
    [409, { code: 'other_project', detail: 'serves other' }, 'other_project'],
    [422, { message: 'no' }, null],
    [500, 'boom', null],
  ])('never repeats after %i %j', async (code, body, named) => {
    await using server = await startScriptedServer([{ status: code, body }]);
    await using client = protocolOf(server);
    await expect(client.protocol.configure(target, 7, { project_id: 'demo', deploy_key: 'dk' })).rejects.toMatchObject({
      code: 'machine_refused',
      details: { call: 'configure', fly_id: target.flyId, machine: target.name, status: code, code: named },
    });
    expect(server.seen).toHaveLength(1);
  });

  it('calls a checksum that does not fit a failed restore', async () => {
    await using server = await startScriptedServer([
      { status: 422, body: { reason: 'checksum differs' } },
      { status: 200 },
    ]);
    await using client = protocolOf(server);
    const body = { r2_key: 'k', r2_checksum: 'c', download_url: presigned };
    await expect(client.protocol.restore(target, 7, body)).rejects.toMatchObject({ code: 'restore_failed' });
    await client.protocol.restore(target, 7, body);
    expect(server.seen[1]).toMatchObject({ body, path: expect.stringMatching(/\/internal\/restore-from-r2$/) });
  });

  it('hands over what was archived, with its manifest', async () => {
    const answer = { r2_key: 'k', r2_checksum: 'a'.repeat(64), size: 4096, manifest };
    await using server = await startScriptedServer([
      { status: 200, body: answer },
      { status: 200, body: { r2_key: 'own', r2_checksum: 'md5:1' } },
    ]);
    await using client = protocolOf(server);
    const body = { r2_key: 'k', upload_url: presigned };
    expect(await client.protocol.archive(target, 8, body)).toEqual({ kind: 'archived', ...answer });
    expect(await client.protocol.archive(target, 8, body)).toEqual({
      kind: 'archived',
      r2_key: 'own',
      r2_checksum: 'md5:1',
      size: null,
      manifest: null,
    });
  });

  it('G1: does not take an archive with a broken manifest for one without', async () => {
    const answer = { r2_key: 'k', r2_checksum: 'x', size: 1, manifest: { ...manifest, tables: { notes: -1 } } };
    await using server = await startScriptedServer([{ status: 200, body: answer }]);
    await using client = protocolOf(server);
    await expect(client.protocol.archive(target, 8, { r2_key: 'k', upload_url: presigned })).rejects.toMatchObject({
      details: { code: 'invalid_answer' },
    });
  });

  it('tells busy from a refusal, and repeats no address of it', async () => {
    const busy = { status: 409, body: { code: 'busy', reason: `uploading to ${presigned} still` } };
    const stale = { status: 409, body: { code: 'stale_epoch', reason: `see ${presigned}` } };
    await using server = await startScriptedServer([busy, stale]);
    await using client = protocolOf(server);
    const body = { r2_key: 'k', upload_url: presigned };
    expect(await client.protocol.archive(target, 8, body)).toEqual({
      kind: 'busy',
      reason: 'uploading to [address] still',
    });
    await expect(client.protocol.archive(target, 8, body)).rejects.toMatchObject({
      code: 'machine_refused',
      message: `${title} refused archive with 409 stale_epoch: see [address]`,
    });
  });

  it('G13: tells of refusals that say whom the machine serves, and of no others', async () => {
    const answers = [
      { status: 409, body: { code: 'other_project', project_id: 'theirs' } },
      { status: 409, body: { code: 'stale_epoch', epoch: 12 } },
      { status: 401 },
      { status: 409, body: { code: 'not_configured' } },
      { status: 500 },
      { status: 200 },
    ];
    await using server = await startScriptedServer(answers);
    const told: unknown[] = [];
    const onIdentity = async (of: unknown, identity: unknown) => {
      told.push([of, identity]);
      throw new Error('Telling fails, which is not the caller’s business.');
    };
    await using client = protocolOf(server, { tries: 1, onIdentity });
    const call = () => client.protocol.configure(target, 7, { project_id: 'demo', deploy_key: 'dk' });
    for (const _ of answers.slice(0, -1)) await expect(call()).rejects.toMatchObject({ code: 'machine_refused' });
    await call();
    expect(told).toEqual([
      [target, { project_id: 'theirs', epoch: null }],
      [target, { project_id: null, epoch: 12 }],
      [target, { refused: 'secret' }],
    ]);
  });

  it('takes a 409 without a code for busy', async () => {
    await using server = await startScriptedServer([{ status: 409, body: 'in use' }]);
    await using client = protocolOf(server);
    const body = { r2_key: 'k', upload_url: presigned };
    expect(await client.protocol.archive(target, 8, body)).toEqual({ kind: 'busy', reason: expect.any(String) });
  });

  it('takes 404 on resume for done, and on nothing else', async () => {
    await using server = await startScriptedServer([{ status: 404 }]);
    await using client = protocolOf(server);
    await client.protocol.resume(target, 7);
    const body = { r2_key: 'k', r2_checksum: 'c', download_url: presigned };
    // No other machine would do better, so this is no fault of the machine's.
    const refusal = { code: 'restore_failed', details: { status: 404 } };
    await expect(client.protocol.restore(target, 7, body)).rejects.toMatchObject(refusal);
  });

  it('stops reading an answer that does not end', async () => {
    await using server = await startScriptedServer([{ status: 200, body: 'x'.repeat(5_000_000) }]);
    await using client = protocolOf(server, { tries: 1 });
    await expect(client.protocol.status(target)).rejects.toThrow('larger than 4194304 bytes');
  });

  it('ends at its own time and at the signal', async () => {
    await using server = await startScriptedServer(['hang']);
    await using client = protocolOf(server);
    await expect(client.protocol.status(target, { timeoutMs: 80 })).rejects.toMatchObject({
      code: 'machine_unreachable',
    });
    const reason = new Error('shutting down');
    await expect(client.protocol.status(target, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});
