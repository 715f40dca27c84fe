import { expect } from 'vitest';
import type { Stage } from '../../support/contract/stage.js';
import type { Scenario } from '../scenario.js';
import { getMachine, restingMachine } from '../steps/machines.js';
import { expectOk, refusal } from '../steps/replies.js';
import { until } from '../steps/until.js';

export const metadataScenarios: readonly Scenario[] = [
  {
    title: 'a metadata key is set, read and removed without a new version',
    needs: 'any',
    covers: ['7.2'],
    async run(stage) {
      const made = await restingMachine(stage, 'noted', { metadata: { kept: '1' } });
      const key = `/machines/${made.id}/metadata/colour`;
      expect((await stage.call('POST', key, { value: 'blue' })).status).toBe(204);
      await until(
        stage,
        async () => (await stage.call('GET', key)).body,
        (body) => JSON.stringify(body) === '{"value":"blue"}',
      );
      expect(await metadataOf(stage, made.id)).toEqual({ kept: '1', colour: 'blue' });
      expect((await stage.call('DELETE', key)).status).toBe(204);
      await until(
        stage,
        () => metadataOf(stage, made.id),
        (metadata) => !Object.hasOwn(Object(metadata), 'colour'),
      );
      expect(await getMachine(stage, made.id)).toMatchObject({ instance_id: made.instance_id });
    },
  },
  {
    title: 'PATCH sets the named keys, removes what is null or empty, and leaves the others',
    needs: 'any',
    covers: ['7.1'],
    async run(stage) {
      const made = await restingMachine(stage, 'patched', { metadata: { kept: '1', gone: '1', blank: '1' } });
      const metadata = { gone: null, blank: '', fresh: '1' };
      expectOk(await stage.call('PATCH', `/machines/${made.id}/metadata`, { metadata }));
      expect(await metadataOf(stage, made.id)).toEqual({ kept: '1', fresh: '1' });
    },
  },
  {
    title: 'PUT sets the named keys, and may or may not leave the others',
    needs: 'any',
    covers: ['7.1'],
    async run(stage) {
      const made = await restingMachine(stage, 'put', { metadata: { kept: '1' } });
      expectOk(await stage.call('PUT', `/machines/${made.id}/metadata`, { metadata: { fresh: '1' } }));
      const seen = await metadataOf(stage, made.id);
      stage.onSeen('metadata PUT', Object.hasOwn(Object(seen), 'kept') ? 'merges' : 'replaces');
      expect(seen).toMatchObject({ fresh: '1' });
    },
  },
  {
    title: 'metadata for a machine version that is not the current one is refused with 412',
    needs: 'any',
    covers: ['1.2/412-machine-version'],
    async run(stage) {
      const made = await restingMachine(stage, 'raced');
      const path = `/machines/${made.id}/metadata`;
      const body = { metadata: { fresh: '1' }, machine_version: '01HZZZZZZZZZZZZZZZZZZZZZZZ' };
      for (const method of ['PUT', 'PATCH']) refusal(await stage.call(method, path, body), 412);
      expectOk(await stage.call('PATCH', path, { ...body, machine_version: made.instance_id }));
    },
  },
  {
    title: 'a list is narrowed by metadata, or the filter is ignored',
    needs: 'any',
    covers: ['7.1'],
    async run(stage) {
      const row = stage.name('row');
      const made = await restingMachine(stage, 'marked', { metadata: { valet_contract: row } });
      const other = await restingMachine(stage, 'unmarked');
      const found = await stage.fly.listMachines({ metadata: { valet_contract: row } });
      expect(found.map(({ id }) => id)).toEqual([made.id]);
      const reply = await stage.call('GET', `/machines?metadata.valet_contract=${row}`);
      stage.onSeen('metadata filter', JSON.stringify(reply.body).includes(other.id) ? 'ignored' : 'honoured');
    },
  },
];

async function metadataOf(stage: Stage, id: string): Promise<unknown> {
  const reply = await stage.call('GET', `/machines/${id}/metadata`);
  expect(reply.status).toBe(200);
  return reply.body;
}
