import { expect, test } from 'vitest';
import { actorOf, actorsOf } from '../../src/sdk/actor.js';
import { Correlation } from '../../src/sdk/correlation.js';

test('what a request causes names the request and the instance; what a task does names the task', () => {
  const correlation = new Correlation();
  const actor = actorsOf('instance-1', correlation)('request');
  expect(actor()).toBe('request@instance-1');
  expect(correlation.ofRequest('01REQ-sjc', actor)).toBe('request:01REQ-sjc@instance-1');
  expect(correlation.ofTask('sweep', actor)).toBe('request@instance-1');
});

test('an id cannot make an actor look like another, nor make it long', () => {
  const named = (id: string) => actorOf('operator', 'i', { kind: 'request', id });
  expect(named("x@y'; --\n")).toBe('operator:x_y___--_@i');
  expect(named('a'.repeat(5_000))).toHaveLength('operator:@i'.length + 100);
});

test('what several asked for together is the first one’s, through every wait', async () => {
  const correlation = new Correlation();
  const gate = Promise.withResolvers<void>();
  const seen: unknown[] = [];
  let shared: Promise<void> | undefined;
  const join = () =>
    (shared ??= (async () => {
      await gate.promise;
      seen.push(correlation.cause?.id);
    })());
  const both = ['first', 'second'].map((id) =>
    correlation.ofRequest(id, async () => {
      await join();
      seen.push(correlation.cause?.id);
    }),
  );
  gate.resolve();
  await Promise.all(both);
  expect(seen).toEqual(['first', 'first', 'second']);
});
