import { expect, test } from 'vitest';
import { type ConfigRow, describeConfig } from '../../../src/sdk/config.js';
import { leastEnv } from '../../support/config.js';

function row(env: Record<string, string>, variable: string): ConfigRow | undefined {
  return describeConfig(env).rows.find((each) => each.variable === variable);
}

test('every variable says where its value comes from', () => {
  expect(row({ WARM_POOL_SIZE: '5' }, 'WARM_POOL_SIZE')).toMatchObject({
    value: '5',
    source: 'environment',
    fault: null,
  });
  expect(row({}, 'WARM_POOL_SIZE')).toMatchObject({ value: '2', source: 'default' });
  expect(row({}, 'DATABASE_DIRECT_URL')).toMatchObject({ value: 'DATABASE_URL', source: 'default' });
  expect(row({}, 'VALET_FLY_APP')).toMatchObject({ value: null, source: 'missing' });
});

test('a bad value is shown with what is wrong, and the rest is shown as well', () => {
  const env = { ...leastEnv, WARM_POOL_SIZE: 'two' };
  expect(row(env, 'WARM_POOL_SIZE')?.fault).toContain('must be a whole number');
  expect(describeConfig(env).faults).toHaveLength(1);
  expect(row(env, 'VALET_FLY_APP')?.value).toBe('valet-machines');
});

test('G12: secrets are redacted, addresses lose only their password', () => {
  const env = { ...leastEnv, CONTROL_PLANE_SECRET: 'operator-secret-0001,operator-secret-0002' };
  const printed = JSON.stringify(describeConfig(env));
  for (const part of ['hunter2', 'operator-secret', 'fm2_token', 'r2-secret-key']) expect(printed).not.toContain(part);
  expect(row(env, 'CONTROL_PLANE_SECRET')?.value).toBe('[redacted],[redacted]');
  expect(row(env, 'DATABASE_URL')?.value).toBe('postgres://valet:redacted@db.example.com:5432/valet');
  expect(row({ DATABASE_URL: 'postgres:///valet?password=hunter2' }, 'DATABASE_URL')?.value).not.toContain('hunter2');
});

test('with VALET_URL only what a client needs can be missing', () => {
  expect(describeConfig({ VALET_URL: 'https://valet.example.com' }).faults).toEqual([]);
  expect(describeConfig({}).faults).toHaveLength(8);
});
