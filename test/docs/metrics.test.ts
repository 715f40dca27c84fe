import { expect, it } from 'vitest';
import { flyCalls } from '../../src/sdk/fly/endpoints.js';
import { Metrics } from '../../src/server/metrics/metrics.js';
import { page, tableRows } from '../support/documents.js';
import { readExposition } from '../support/exposition.js';
import { ask, startTestServer, TestServing } from '../support/server.js';

const metricsPage = page('docs/metrics.md');
const rows = tableRows(metricsPage).filter(([, type = '']) => ['counter', 'gauge', 'histogram'].includes(type));
const nameOf = ([name = '']: readonly string[]) => name.replaceAll('`', '');

it('docs/metrics.md lists exactly what a scrape shows, each with its type', async () => {
  await using bench = await startTestServer(new TestServing());
  const { text } = await ask(bench.privatePort, { path: '/metrics' });
  const shown = [...readExposition(text).values()].map(({ name, type }) => [name, type]);
  expect(rows.map((row) => [nameOf(row), row[1]]).toSorted()).toEqual(shown.toSorted());
});

it('docs/metrics.md lists the labels of each, with all their values', async () => {
  const serving = new TestServing();
  const metrics = new Metrics({ regions: ['fra'] });
  const need = { region: 'fra', ready: 1, provisioning: 1, outdated: 1, shortfall: 0, target: 1 };
  serving.pool.push(need);
  await using bench = await startTestServer(serving, {}, metrics);
  for (const call of flyCalls)
    metrics.telemetry.flyCall({ call, target: '', attempt: 1, status: 200, queuedMs: 0, durationMs: 0, cause: null });
  metrics.telemetry.wake({ kind: 'warm', outcome: 'ok', durationMs: 1 });
  const { text } = await ask(bench.privatePort, { path: '/metrics' });
  const told = new Map(rows.map((row) => [nameOf(row), row[2] ?? '']));
  /** Their values are named elsewhere. */
  const open = ['le', 'region', 'call', 'task', 'version'];
  const missing = [...readExposition(text).values()].flatMap(({ name, samples }) =>
    samples
      .flatMap(({ labels }) => Object.entries(labels))
      .filter(
        ([label, value]) =>
          label !== 'le' && !documented(told.get(name) ?? '', label, open.includes(label) ? undefined : value),
      )
      .map(([label, value]) => `${name} ${label}=${value}`),
  );
  expect(missing).toEqual([]);
});

/** "`label`: one, two; `other`: three" */
function documented(cell: string, label: string, value: string | undefined): boolean {
  const part = cell.split('; ').find((each) => each.startsWith(`\`${label}\``));
  if (part === undefined || value === undefined) return part !== undefined;
  return (part.split(': ')[1] ?? '').split(', ').includes(value);
}

it('docs/metrics.md names no metric that there is not', () => {
  const known = rows.map(nameOf);
  const named = [...metricsPage.text.matchAll(/\b(?:valet|process|nodejs)_[a-z_]+\b/g)].map(([name]) => name);
  const whole = named.map((name) => (known.includes(name) ? name : name.replace(/_(bucket|count|sum)$/, '')));
  expect(named.length).toBeGreaterThan(known.length);
  expect(whole.filter((name) => !known.includes(name))).toEqual([]);
});
