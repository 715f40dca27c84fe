import { format, inspect } from 'node:util';
import { expect, test } from 'vitest';
import { Secret } from '../../src/sdk/secret.js';

const secret = new Secret('hunter2');

test('G12: a secret gives its value only when asked to reveal it', () => {
  expect(secret.reveal()).toBe('hunter2');
});

test.each([
  ['a template', () => `${secret}`],
  ['JSON', () => JSON.stringify({ secret, list: [secret] })],
  ['inspection', () => inspect({ secret }, { showHidden: true, depth: 5 })],
  ['a format', () => format('%s %o %j', secret, secret, secret)],
  ['a copy of its fields', () => JSON.stringify({ ...secret })],
])('G12: a secret is not printed by %s', (_way, print) => {
  expect(print()).not.toContain('hunter2');
});
