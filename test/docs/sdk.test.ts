import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { page, root } from '../support/documents.js';

const snippets = [...page('docs/sdk.md').text.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, text = '']) => text);

it('every program in docs/sdk.md is correct TypeScript, and imports from valet alone', async () => {
  expect(snippets.length).toBeGreaterThanOrEqual(10);
  // Inside of the package, whose own name leads to what is built of it.
  const dir = await mkdtemp(join(root, 'dist/.snippets-'));
  try {
    await Promise.all(snippets.map((text, at) => writeFile(join(dir, `snippet-${at}.ts`), text)));
    const files = snippets.map((_, at) => `./snippet-${at}.ts`);
    await writeFile(
      join(dir, 'tsconfig.json'),
      JSON.stringify({ extends: join(root, 'tsconfig.json'), include: [], files }),
    );
    const { stdout } = await execa(join(root, 'node_modules/.bin/tsc'), ['--noEmit', '-p', dir], { reject: false });
    expect(stdout).toBe('');
  } finally {
    await rm(dir, { recursive: true });
  }
  for (const text of snippets) expect(text).toMatch(/^import \{ .+ \} from 'valet';\n/);
});
