import { expect, test } from 'vitest';
import type { SweepStep } from '../../src/sdk/steps.js';
import type { CallOptions } from '../../src/sdk/valet.js';
import { sampleSweep } from '../support/fake-valet.js';
import { operatorSecret, startTestServer, TestServing } from '../support/server.js';
import { ValetInTerminal } from '../support/terminal.js';

const failed = { code: 'store_failed', reason: `R2 did not answer: ${'and so on, '.repeat(20)}` };

/** A sweep of forty projects that waits for the gate after the first twelve. */
async function sweeping() {
  const gate = Promise.withResolvers<void>();
  const left = Promise.withResolvers<void>();
  const steps = async function* (_options: unknown, call?: CallOptions): AsyncGenerator<SweepStep, void> {
    call?.signal?.addEventListener('abort', () => left.resolve());
    yield { kind: 'planned', total: 40 };
    for (let n = 1; n <= 40; n += 1) {
      if (n === 13) await gate.promise;
      const id = `project-${n}`;
      yield n === 12
        ? { kind: 'project', outcome: 'failed', id, took_secs: 1, ...failed }
        : { kind: 'project', outcome: 'archived', id, took_secs: 1.25, code: null, reason: null };
    }
    const archived = Array.from({ length: 39 }, (_, index) => `project-${index + 1}`);
    yield { kind: 'done', result: sampleSweep({ archived, failed: [{ id: 'project-12', ...failed }] }) };
  };
  const bench = await startTestServer(new TestServing({ sweep: { run: async () => sampleSweep(), steps } }));
  const env = { VALET_URL: `http://127.0.0.1:${bench.port}`, CONTROL_PLANE_SECRET: operatorSecret };
  return {
    env,
    gate,
    left: left.promise,
    [Symbol.asyncDispose]: () => {
      gate.resolve();
      return bench[Symbol.asyncDispose]();
    },
  };
}

const counts = /^Sweeping · 12 of 40 · 11 archived · 1 failed · 00:\d\d$/m;
const bar = /[█░]/;

test('on a terminal of 80 × 24 the counts, a bar and the last outcomes stand in their place, and nothing of them is left', async () => {
  await using ground = await sweeping();
  await using terminal = ValetInTerminal.start(['sweep', 'run'], { env: ground.env });
  await terminal.shows(counts);
  const lines = () => terminal.screen.split('\n');
  await expect
    .poll(lines)
    .toEqual([
      expect.stringMatching(counts),
      '█'.repeat(18) + '░'.repeat(42),
      ...[8, 9, 10, 11].map((n) => `project-${n} archived (1.3 s)`),
      'project-12 failed (1.0 s): store_failed: R2 did not answer: and so on, and so o…',
    ]);
  ground.gate.resolve();
  expect(await terminal.exited).toBe(6);
  await terminal.shows(
    /^40 of 40 in (?:less than 1|\d+) s: 39 archived, 1 failed\.\nID +OUTCOME +WHY\nproject-1 +archived\n/,
  );
  expect(terminal.everything).not.toMatch(bar);
});

test('Ctrl-C leaves the sweep, takes the view away, and says what was done and what goes on', async () => {
  await using ground = await sweeping();
  await using terminal = ValetInTerminal.start(['sweep', 'run'], { env: ground.env });
  await terminal.shows(counts);
  terminal.press('\x03');
  expect(await terminal.exited).toBe(130);
  await ground.left;
  await terminal.shows('Code: interrupted');
  const lines = terminal.everything.split('\n').filter((line) => line !== '^C' && line !== '');
  expect(lines[0]).toMatch(/^12 of 40 in (?:less than 1|\d+) s: 11 archived, 1 failed\.$/);
  expect(lines.join('\n')).toContain('Error: Stopped by SIGINT.\nNothing more is begun.');
  expect(terminal.everything).not.toMatch(bar);
});
