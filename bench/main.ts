import { parseArgs } from 'node:util';
import { describeMachine, divideCores } from './cores.ts';
import { printed } from './print.ts';
import { router } from './router/suite.ts';
import { isReached, type Row } from './row.ts';
import { start } from './start/suite.ts';
import type { Suite } from './suite.ts';

/** Each lives in a folder or file of its own; one more is one more line here. */
const suites: readonly Suite[] = [router, start];

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});

const chosen = suites.filter(({ name }) => values.only === undefined || name === values.only);
if (chosen.length === 0) {
  process.stderr.write(`There is no suite "${values.only}"; there is: ${suites.map(({ name }) => name).join(', ')}.\n`);
  process.exit(2);
}

// Each server that is started ends with us.
process.setMaxListeners(50);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
const cores = divideCores();
const tell = (text: string) => void process.stderr.write(`${text}\n`);
tell(describeMachine(cores));
const rows: Row[] = [];
for (const suite of chosen) {
  for await (const row of suite.run({ quick: values.quick, cores, tell })) {
    rows.push(row);
    if (!values.json) process.stdout.write(`${printed(row)}\n`);
  }
}
if (values.json) process.stdout.write(`${JSON.stringify({ machine: describeMachine(cores), rows }, null, 2)}\n`);
// Tiny numbers say nothing about speed.
process.exitCode = values.quick || rows.every(isReached) ? 0 : 1;
