import { both, type Check, checksWith } from '../check.js';
import { skipped } from '../finding.js';
import type { Probes } from '../probes.js';
import * as verdicts from '../verdicts/installation.js';

export function installationChecks({ installation, marks, fly }: Probes): Check[] {
  return [
    ...checksWith('installation', installation, [
      {
        name: 'environment',
        needs: ['migrations'],
        run: async ({ installation: probe, binding }) => verdicts.judgeEnvironment(await probe.bound(), binding),
      },
      {
        name: 'quarantine',
        needs: ['migrations'],
        run: async ({ installation: probe }) => verdicts.judgeQuarantine(await probe.quarantine()),
      },
    ]),
    ...checksWith('installation', both(installation, marks), [
      {
        name: 'high_water_mark',
        needs: ['environment', 'store'],
        run: async ({ installation: probe, highWater }, signal) => {
          const bound = await probe.bound();
          if (bound === null) return skipped('A database that is nobody’s has no mark.', 'environment');
          const { marks: found, now } = await probe.marks(highWater, bound, signal);
          return verdicts.judgeHighWaterMark(now, found);
        },
      },
    ]),
    ...checksWith('installation', both(installation, fly), [
      {
        name: 'other_environments',
        needs: ['fly_machines'],
        run: async ({ binding, fly: probe }, signal) => {
          const list = await probe.machines(signal);
          if (list.kind !== 'answered') return skipped('Fly did not list the machines.', 'fly_machines');
          const stamps = list.value.flatMap(({ config }) => config?.metadata?.valet_environment ?? []);
          return verdicts.judgeOtherEnvironments(binding, stamps);
        },
      },
    ]),
  ];
}
