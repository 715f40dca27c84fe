import { describe, expect, it } from 'vitest';
import { catalogue, catalogueIds, errorText } from '../../../src/local/fly/catalogue.js';
import { callFly, withFlyEmulator } from '../../support/fly-emulator.js';
import { machineRequest, newVolume, startedMachine } from '../../support/fly-machines.js';

describe('the catalogue of refusals', () => {
  it('names each by its status, and leaves nothing of a text open', () => {
    for (const id of catalogueIds) {
      expect(id.startsWith(`${catalogue[id].status}-`), id).toBe(true);
      expect(errorText(id), id).not.toMatch(/[{}]/);
    }
  });

  it('has every status that Fly is known to refuse with', () => {
    const statuses = new Set(catalogueIds.map((id) => catalogue[id].status));
    expect([...statuses].sort()).toEqual([400, 401, 403, 404, 408, 409, 410, 412, 422, 429, 500, 502, 503]);
  });

  it('is what a call is refused with by name, filled in from the call', async () => {
    await using fly = await withFlyEmulator();
    const { id } = await startedMachine(fly);
    const volume = await newVolume(fly);
    const mounts = [{ volume: volume.id, path: '/data' }];
    const refusedBy = async (row: (typeof catalogueIds)[number], method: string, path: string, body?: unknown) => {
      fly.faults.add({ call: '*', times: 1, kind: 'refuse', row });
      const { status, body: told } = await callFly(fly, method, path, body);
      return { status, ...Object(told) };
    };
    expect(await refusedBy('409-name-taken', 'POST', '/machines', machineRequest({}, { name: 'mine' }))).toEqual({
      status: 409,
      error: 'already_exists: unique machine name violation, machine ID 00000000000000 already exists with name "mine"',
    });
    expect(await refusedBy('409-lease-held', 'POST', `/machines/${id}/stop`)).toMatchObject({
      error: expect.stringContaining(`machine ID ${id} lease currently held by`),
    });
    expect(await refusedBy('412-volume-host-full', 'POST', '/machines', machineRequest({ mounts }))).toEqual({
      status: 'volume_placement_capacity',
      error: expect.stringContaining(`'${volume.id}'`),
    });
    expect(await refusedBy('404-not-found', 'GET', `/volumes/${volume.id}`)).toEqual({
      status: 404,
      error: 'volume not found',
    });
    expect(await refusedBy('408-wait', 'GET', `/machines/${id}/wait?state=stopped`)).toMatchObject({
      error: expect.stringContaining('desired state, stopped'),
    });
    expect(await refusedBy('400-empty-body', 'POST', '/machines', '{"config":')).toEqual({ status: 400, error: 'EOF' });
  });

  it('is answered row by row with its status, its text and its body status', async () => {
    await using fly = await withFlyEmulator();
    for (const row of catalogueIds) {
      fly.faults.add({ call: 'list_machines', times: 1, kind: 'refuse', row, headers: { 'retry-after': '7' } });
      const { status, body, headers } = await callFly(fly, 'GET', '/machines');
      const { bodyStatus } = catalogue[row];
      expect(status, row).toBe(catalogue[row].status);
      expect(body, row).toEqual({ error: expect.any(String), ...(bodyStatus && { status: bodyStatus }) });
      expect(headers.get('retry-after'), row).toBe('7');
    }
  });
});
