import type { StoryStep } from './report.js';
import type { Stage } from './stage.js';

export const leakStep: StoryStep<Stage> = {
  name: 'The pool is full again and nothing is leaked',
  run: async ({ witness }, signal) => {
    await witness.until(
      'the pool is full and nothing is on its way out',
      async () => {
        const pool = await witness.pool();
        const leaving = (await witness.ownMachines()).filter(
          ({ state }) => state === 'retiring' || state === 'provisioning',
        );
        return pool.ready === pool.target && leaving.length === 0;
      },
      signal,
    );
    const own = (await witness.ownMachines()).filter(({ state }) => state !== 'retired');
    const machines = await witness.flyMachines();
    const volumes = await witness.flyVolumes();
    demandSame(
      'machines',
      machines.map(({ id }) => id),
      own.map(({ fly_id }) => fly_id ?? 'none'),
    );
    demandSame(
      'volumes',
      volumes,
      own.map(({ volume_id }) => volume_id ?? 'none'),
    );
    return `Fly lists ${machines.length} machines and ${volumes.length} volumes, and they are those of the database`;
  },
};

function demandSame(what: string, atFly: readonly string[], inDatabase: readonly string[]): void {
  const difference = new Set(atFly).symmetricDifference(new Set(inDatabase));
  if (difference.size > 0) throw new Error(`Fly and the database differ in ${what}: ${[...difference].join(', ')}.`);
}
