import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { Interrupted, Interruption } from '../../src/cli/interruption.js';

function interruptible() {
  const source = new EventEmitter();
  const ended: number[] = [];
  const clock = { nowMs: 1_000 };
  const interruption = new Interruption(
    source,
    (exitCode) => ended.push(exitCode),
    () => clock.nowMs,
  );
  return { source, ended, clock, interruption };
}

test.each([
  ['SIGHUP', 129],
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('the first %s asks to stop, a later one ends at once with %d', (name, code) => {
  const { source, ended, clock, interruption } = interruptible();
  source.emit(name, name);
  expect(interruption.signal.reason).toBeInstanceOf(Interrupted);
  expect(ended).toEqual([]);
  clock.nowMs += 1_000;
  source.emit(name, name);
  expect(ended).toEqual([code]);
});

test('one Ctrl-C that arrives twice, from the terminal and passed on by npm, is one', () => {
  const { source, ended, clock } = interruptible();
  source.emit('SIGINT', 'SIGINT');
  clock.nowMs += 50;
  source.emit('SIGINT', 'SIGINT');
  expect(ended).toEqual([]);
});

test('once it is disposed of, signals do what they always do', () => {
  const { source, interruption } = interruptible();
  interruption[Symbol.dispose]();
  expect(source.eventNames()).toEqual([]);
});
