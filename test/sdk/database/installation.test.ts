import { expect, it } from 'vitest';
import { bindInstallation } from '../../../src/sdk/database/installation.js';
import { testDatabase } from '../../support/database.js';

const production = { environment: 'production', flyApp: 'machines' };

it('G13: a database is bound at first start and refuses every other environment and app from then on', async () => {
  await using database = await testDatabase();
  await bindInstallation(database.db, production);
  await bindInstallation(database.db, production);
  for (const other of [
    { ...production, environment: 'staging' },
    { ...production, flyApp: 'other-machines' },
  ]) {
    await expect(bindInstallation(database.db, other)).rejects.toMatchObject({
      code: 'environment_mismatch',
      message: expect.stringContaining('"production"'),
    });
  }
  expect(await database.db.query('select environment, fly_app from installation')).toEqual([
    { environment: 'production', fly_app: 'machines' },
  ]);
});

it('G13: of two environments that start on one new database at the same time, one is refused', async () => {
  await using database = await testDatabase();
  const starts = await Promise.allSettled(
    ['production', 'staging'].map((environment) => bindInstallation(database.db, { ...production, environment })),
  );
  expect(starts.map((start) => start.status).toSorted()).toEqual(['fulfilled', 'rejected']);
});

it('a database without tables says what to run', async () => {
  await using database = await testDatabase({ empty: true });
  await expect(bindInstallation(database.db, production)).rejects.toMatchObject({ code: 'database_not_migrated' });
});
