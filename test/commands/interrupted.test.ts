import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import SweepRun from '../../src/commands/sweep/run.js';
import type { SweepCalls } from '../../src/sdk/valet.js';
import { runCommand } from '../support/commands.js';
import { FakeValet } from '../support/fake-valet.js';
import { directly, overHttp, SweepGround } from '../support/followed-sweep.js';
import { eventually } from '../support/rows.js';

test.each([
  ['directly', directly],
  ['over HTTP', overHttp],
])('Ctrl-C in a sweep %s begins nothing more, and lets what is under way be finished', async (_how, transport) => {
  const ground = new SweepGround([['a', 'b', 'c', 'd', 'e', 'f'], ['g']]);
  const gate = Promise.withResolvers<void>();
  ground.gate = gate.promise;
  await using way = await transport(ground);
  let heard = 0;
  const steps: SweepCalls['steps'] = async function* (options, call) {
    for await (const step of way.sweep.steps(options, call)) {
      yield step;
      heard += 1;
    }
  };
  const valet = new FakeValet({ sweep: { steps } });
  const process = new EventEmitter();
  const running = runCommand(SweepRun, ['--concurrency', '3', '--json'], { valet, process });
  await eventually('three are under way', () => ground.begun.length === 3 && heard === 1);
  process.emit('SIGINT', 'SIGINT');
  const ran = await running;
  expect(ran).toMatchObject({ exitCode: 130, stderr: '' });
  expect(JSON.parse(ran.stdout)).toMatchObject({
    error: {
      code: 'interrupted',
      hint: expect.stringContaining('What was under way is finished'),
      details: { so_far: { planned: 6, outcomes: [] } },
    },
  });
  await eventually('the sweep hears of it', () => ground.hasBeenLeft);
  gate.resolve();
  await eventually('what was under way is finished', () => ground.finished.length === 3);
  expect(ground.begun).toEqual(['a', 'b', 'c']);
});
