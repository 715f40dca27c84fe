import { expect } from 'vitest';
import type { Stage } from '../../support/contract/stage.js';
import { shown } from './replies.js';
import { until } from './until.js';

/** Creates an app, and waits until it is known. */
export async function createApp(stage: Stage, label: string, fields: object = {}): Promise<string> {
  const name = stage.name(label);
  const reply = await stage.root('POST', '/apps', { app_name: name, org_slug: stage.org, ...fields });
  expect(reply.status, shown(reply)).toBe(201);
  await until(
    stage,
    () => stage.root('GET', `/apps/${name}`),
    ({ status }) => status === 200,
  );
  return name;
}
