import type { Scenario } from '../scenario.js';
import { machineOrder } from '../steps/machines.js';
import { refusal } from '../steps/replies.js';

export const badCreateScenarios: readonly Scenario[] = [
  {
    title: 'a guest that nobody can have is refused with 400 and named',
    needs: 'any',
    covers: ['1.2/400-guest'],
    async run(stage) {
      const guests = [
        { cpu_kind: 'shared', cpus: 1, memory_mb: 128 },
        { cpu_kind: 'shared', cpus: 1, memory_mb: 4096 },
        { cpu_kind: 'shared', cpus: 3, memory_mb: 1024 },
      ];
      for (const guest of guests) {
        const order = machineOrder(stage, { guest }, { name: stage.name('misfit'), skip_launch: true });
        refusal(await stage.call('POST', '/machines', order), 400, /config\.guest\.(memory_mb|cpus)/);
      }
      const kindless = { cpus: 1, memory_mb: 256 };
      const order = machineOrder(stage, { guest: kindless }, { name: stage.name('kindless'), skip_launch: true });
      refusal(await stage.call('POST', '/machines', order), 400);
    },
  },
  {
    title: 'a value of the wrong JSON type is refused with 400',
    needs: 'any',
    covers: ['1.2/400-wrong-type'],
    async run(stage) {
      const service = { protocol: 'tcp', internal_port: 80, ports: [], autostart: 'yes' };
      const orders = [
        machineOrder(stage, { auto_destroy: 'yes' }),
        machineOrder(stage, { env: ['A=1'] }),
        machineOrder(stage, { services: [service] }),
        machineOrder(stage, {}, { skip_launch: 'yes' }),
      ];
      for (const order of orders) refusal(await stage.odd('POST', '/machines', order), 400, /cannot unmarshal/);
    },
  },
  {
    title: 'a create without a body is refused with 400 EOF',
    needs: 'any',
    covers: ['1.2/400-no-body'],
    async run(stage) {
      refusal(await stage.odd('POST', '/machines'), 400, /EOF/);
    },
  },
  {
    title: 'a mount of a volume that the app does not have is refused with 400',
    needs: 'any',
    covers: ['1.2/400-unknown-volume'],
    async run(stage) {
      const mounts = [{ volume: 'vol_0000000000000000', path: '/data' }];
      const order = machineOrder(stage, { mounts }, { name: stage.name('floating'), skip_launch: true });
      refusal(await stage.call('POST', '/machines', order), 400, /volume does not exist|volume/);
    },
  },
  {
    title: 'an unknown region is refused with 400',
    needs: 'any',
    covers: ['1.2/error-shape'],
    async run(stage) {
      const order = machineOrder(stage, {}, { name: stage.name('nowhere'), region: 'zzz', skip_launch: true });
      refusal(await stage.call('POST', '/machines', order), [400, 422]);
    },
  },
];
