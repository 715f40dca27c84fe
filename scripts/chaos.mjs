// Runs the model-based test as often as one likes, or one run of it again: npm run chaos -- --runs N --seed S [--path P]
import { parseArgs } from 'node:util';
import { startVitest } from 'vitest/node';

const { values } = parseArgs({
  options: { runs: { type: 'string' }, seed: { type: 'string' }, path: { type: 'string' } },
});
const seed = wholeNumber('seed', values.seed ?? String(Date.now() % 1_000_000));
const runs = wholeNumber('runs', values.runs ?? (values.path === undefined ? '100' : '1'));
process.stdout.write(`chaos: seed ${seed}, ${values.path === undefined ? '' : `path ${values.path}, `}${runs} runs\n`);
const chaos = { runs, seed, ...(values.path === undefined ? {} : { path: values.path }) };
const vitest = await startVitest('test', ['test/chaos/random.test.ts'], {
  run: true,
  watch: false,
  provide: { chaos },
});
await vitest.close();

function wholeNumber(name, text) {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  process.stderr.write(`--${name} is ${JSON.stringify(text)}, which is no whole number.\n`);
  process.exit(2);
}
