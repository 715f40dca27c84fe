import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { documentOf } from '../support/api-document.js';
import { withReference } from '../support/api-reference.js';
import { page, root } from '../support/documents.js';
import { startTestServer, TestServing } from '../support/server.js';

const path = 'docs/http-api.md';

// With VALET_WRITE_DOCS, as `npm run docs` has it, it writes what it would else compare.
it('the reference in docs/http-api.md is that of the OpenAPI document; "npm run docs" writes it anew', async () => {
  await using bench = await startTestServer(new TestServing());
  const { text } = page(path);
  const current = withReference(text, await documentOf(bench.port));
  if (process.env.VALET_WRITE_DOCS === '1') writeFileSync(join(root, path), current);
  else expect(text === current, 'out of date: run "npm run docs"').toBe(true);
  expect(current).toMatch(/#### `POST \/api\/projects`\n/);
});
