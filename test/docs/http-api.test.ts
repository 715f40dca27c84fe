import { expect, it } from 'vitest';
import { z } from 'zod';
import { page, tableRows } from '../support/documents.js';
import { ask, startTestServer, TestServing } from '../support/server.js';

const operation = z.looseObject({ security: z.array(z.record(z.string(), z.unknown())).optional() });
const documentSchema = z.object({ paths: z.record(z.string(), z.record(z.string(), operation)) });

/** Who may call a route, in the words of the page. */
function callers({ security }: z.infer<typeof operation>): string {
  if (security === undefined) return 'public';
  return security.some((one) => 'machine' in one) ? "operator, or the project's machine" : 'operator';
}

it('docs/http-api.md lists exactly the routes of the server, and who may call them', async () => {
  await using bench = await startTestServer(new TestServing());
  const { json } = await ask(bench.port, { path: '/api/openapi.json' });
  const served = Object.entries(documentSchema.parse(json).paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, one]) => [
      `\`${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}\``,
      callers(one),
    ]),
  );
  const documented = tableRows(page('docs/http-api.md'))
    .filter(([route]) => /^`[A-Z]+ \//.test(route ?? ''))
    .map(([route = '', who = '']) => [route, who.replace(/, limited$/, '')]);
  expect(documented.length).toBeGreaterThan(10);
  expect(documented.toSorted()).toEqual(served.toSorted());
});
