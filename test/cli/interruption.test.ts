import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { Interrupted, Interruption } from '../../src/cli/interruption.js';

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('the first %s asks to stop, the second ends at once with %d', (name, code) => {
  const source = new EventEmitter();
  const ended: number[] = [];
  using interruption = new Interruption(source, (exitCode) => ended.push(exitCode));
  source.emit(name, name);
  expect(interruption.signal.reason).toBeInstanceOf(Interrupted);
  expect(ended).toEqual([]);
  source.emit(name, name);
  expect(ended).toEqual([code]);
});

test('once it is disposed of, signals do what they always do', () => {
  const source = new EventEmitter();
  new Interruption(source, () => undefined)[Symbol.dispose]();
  expect(source.listenerCount('SIGINT') + source.listenerCount('SIGTERM')).toBe(0);
});
