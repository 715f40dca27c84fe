import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { rolldown } from 'rolldown';
import { expect, it } from 'vitest';
import { root } from '../../support/documents.js';

/** Imports it in a process of its own, and says what that has left behind and which packages it has loaded. */
const looks = `
const [entry] = process.argv.slice(1);
void [process.stdin, process.stdout, process.stderr];
const listeners = () => process.eventNames().flatMap((name) => process.listeners(name).map(() => String(name)));
const before = { listeners: listeners(), resources: process.getActiveResourcesInfo() };
const packages = new Set();
const { registerHooks } = await import('node:module');
registerHooks({
  load(url, context, next) {
    const [, name] = /node_modules\\/((?:@[^/]+\\/)?[^/]+)\\/(?!.*node_modules)/.exec(url) ?? [];
    if (name !== undefined) packages.add(name);
    return next(url, context);
  },
});
await import(entry);
const after = { listeners: listeners(), resources: process.getActiveResourcesInfo() };
console.log(JSON.stringify({ before, after, packages: [...packages].sort() }));
`;

async function imported(entry: string) {
  const { stdout } = await execa(process.execPath, ['--input-type=module', '-e', looks, entry], { cwd: root });
  return JSON.parse(stdout);
}

it.each(['valet', 'valet/server', 'valet/local'])(
  'importing %s opens nothing and listens to nothing',
  async (entry) => {
    const { before, after } = await imported(entry);
    expect(after).toEqual(before);
  },
);

it('importing valet loads zod and nothing else that others made', async () => {
  expect((await imported('valet')).packages).toEqual(['zod']);
});

it('a program that only parses routes bundles nothing else: the package has no side effects', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'valet-bundle-'));
  try {
    const entry = '\0entry';
    const bundle = await rolldown({
      input: entry,
      cwd: root,
      platform: 'node',
      plugins: [
        {
          name: 'entry',
          resolveId: (id) => (id === entry ? id : null),
          load: (id) =>
            id === entry
              ? "import { parseRoute } from 'valet';\nconsole.log(parseRoute('demo.a.b', '/', 'a.b').kind);"
              : null,
        },
      ],
      resolve: { alias: { valet: join(root, 'dist/sdk/index.js') } },
    });
    const file = join(dir, 'out.js');
    const { output } = await bundle.write({ file, format: 'esm' });
    await bundle.close();
    const text = await readFile(file, 'utf8');
    expect(output).toHaveLength(1);
    expect(output[0].imports).toEqual([]);
    expect(Object.keys(output[0].modules).filter((id) => id.includes('node_modules'))).toEqual([]);
    expect(text.length).toBeLessThan(12_000);
    expect((await execa(process.execPath, [file])).stdout).toBe('project');
  } finally {
    await rm(dir, { recursive: true });
  }
});
