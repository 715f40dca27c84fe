import { existsSync, globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const src = new URL('../../src/', import.meta.url);
/** What a command may load before it runs. Everything heavy (pg, the AWS SDK, ink, fastify, pino) is none of these. */
const light = ['@oclif/core', 'cli-table3', 'fastest-levenshtein', 'string-width'];

test('loading the commands loads no heavy package', async () => {
  const commands = globSync('commands/**/*.{ts,tsx}', { cwd: fileURLToPath(src) });
  expect(commands).not.toEqual([]);
  const packages = new Map<string, string>();
  const seen = new Set<string>();
  const queue = commands.map((path) => new URL(path, src).href);
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    for (const name of staticImports(await readFile(new URL(file), 'utf8'))) {
      if (name.startsWith('.')) queue.push(sourceOf(new URL(name, file)));
      else if (!name.startsWith('node:')) packages.set(name, file);
    }
  }
  expect([...packages.keys()]).toEqual(expect.arrayContaining(light));
  for (const name of light) packages.delete(name);
  expect([...packages]).toEqual([]);
});

/** Imports and re-exports of values; types and dynamic imports load nothing at start. */
function staticImports(text: string): string[] {
  const statements = text.matchAll(/^(?:import|export)(?! type\b)(?:[^;'"]*? from)? '([^']+)';/gms);
  return [...statements].map(([, name]) => name ?? '');
}

function sourceOf(url: URL): string {
  const ts = url.href.replace(/\.js$/, '.ts');
  return existsSync(new URL(ts)) ? ts : `${ts}x`;
}
