import { expect } from 'vitest';
import { type CatalogueRow, catalogue, catalogueIds, errorText } from '../../../src/local/fly/catalogue.js';
import type { EmulatorStage } from '../../support/contract/stage.js';
import type { Scenario } from '../scenario.js';
import { create, destroy, getMachine, listedIds, machineOrder, reach, restingMachine } from '../steps/machines.js';
import { refusal } from '../steps/replies.js';

/** What cannot be asked of Fly: that it goes wrong. */
export const faultScenarios: readonly Scenario[] = [
  {
    title: 'an empty list proves nothing: the machine is there by its id',
    needs: 'emulator',
    covers: ['1.9/empty-list', '7.9'],
    async run(stage) {
      const made = await restingMachine(stage, 'unlisted');
      stage.emulator.faults.add({ call: 'list_machines', kind: 'list_empty', times: 1 });
      expect(await listedIds(stage)).toEqual([]);
      expect(await getMachine(stage, made.id)).toMatchObject({ id: made.id });
      expect(await listedIds(stage)).toEqual([made.id]);
    },
  },
  {
    title: 'a list may lag behind: it misses what is new and shows what is gone',
    needs: 'emulator',
    covers: ['1.9/just-after', '7.9'],
    async run(stage) {
      const old = await restingMachine(stage, 'old');
      const fault = stage.emulator.faults.add({
        call: 'list_machines',
        kind: 'list_stale',
        times: Number.POSITIVE_INFINITY,
      });
      const fresh = await restingMachine(stage, 'fresh');
      await destroy(stage, old.id);
      expect(await listedIds(stage)).toEqual([old.id]);
      fault.remove();
      expect(await listedIds(stage)).toEqual([fresh.id]);
    },
  },
  {
    title: 'just after its create a machine may be 404 and unlisted',
    needs: 'emulator',
    covers: ['1.9/just-after', '7.9'],
    async run(stage) {
      stage.emulator.faults.add({ call: 'create_machine', kind: 'forget', times: 1, forMs: 5_000 });
      stage.emulator.clock.hold();
      const made = await create(stage, 'forgotten', {}, { skip_launch: true });
      refusal(await stage.call('GET', `/machines/${made.id}`), 404);
      refusal(await stage.call('GET', `/machines/${made.id}/wait?timeout=1`), 404);
      expect(await listedIds(stage)).toEqual([]);
      await stage.emulator.clock.advance(6_000);
      stage.emulator.clock.release();
      expect(await getMachine(stage, made.id)).toMatchObject({ id: made.id });
      expect(await listedIds(stage)).toEqual([made.id]);
    },
  },
  {
    title: 'a machine may be stuck in created, and is then destroyed by force',
    needs: 'emulator',
    covers: ['7.9', '1.2/412-start'],
    async run(stage) {
      stage.emulator.faults.add({ kind: 'stuck', state: 'created', times: 1 });
      const made = await create(stage, 'stuck');
      refusal(await stage.call('GET', `/machines/${made.id}/wait?state=started&timeout=1`), 408, /currently created/);
      refusal(await stage.call('POST', `/machines/${made.id}/start`), 412);
      await destroy(stage, made.id);
    },
  },
  {
    title: 'every known refusal can be had on demand, and nothing is done',
    needs: 'emulator',
    covers: ['7.9', '1.2/5xx-unreachable', '1.2/429-rate', '1.2/409-host-full', '1.2/412-volume-claimed'],
    async run(stage) {
      const made = await restingMachine(stage, 'refused');
      for (const row of catalogueIds) {
        const { status, bodyStatus }: CatalogueRow = catalogue[row];
        // No call of ours is about Postgres clusters; a fault of the service itself is no refusal.
        if (status === 410 || status === 500) continue;
        stage.emulator.faults.add({ call: '*', kind: 'refuse', row, times: 1 });
        const said = refusal(await refusedCall(stage, status, made.id), status);
        expect(said.status).toBe(bodyStatus);
        expect(said.error.slice(0, 12)).toBe(errorText(row).slice(0, 12));
      }
      expect(await getMachine(stage, made.id)).toMatchObject({ state: 'created', instance_id: made.instance_id });
      expect(await listedIds(stage)).toEqual([made.id]);
    },
  },
  {
    title: 'a slow API is only slow',
    needs: 'emulator',
    covers: ['7.9'],
    async run(stage) {
      const made = await restingMachine(stage, 'slow');
      stage.emulator.faults.add({ call: 'start_machine', kind: 'delay', ms: 50, times: 1 });
      expect((await stage.call('POST', `/machines/${made.id}/start`)).status).toBe(200);
      await reach(stage, made.id, 'started');
    },
  },
];

/** A call that is documented to be refused so. */
function refusedCall(stage: EmulatorStage, status: number, id: string) {
  if (status === 408 || status === 422) return stage.once('POST', '/machines', machineOrder(stage));
  if (status === 409) return stage.once('POST', `/machines/${id}`, machineOrder(stage));
  if (status === 412) return stage.once('POST', `/machines/${id}/start`);
  return stage.once('GET', `/machines/${id}`);
}
