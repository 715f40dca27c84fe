import { createHmac } from 'node:crypto';
import { expect, it } from 'vitest';
import { deriveMachineSecret } from '../../../src/sdk/machines/secret.js';

it('a machine secret depends on the name and on the secret behind it, and shows neither', () => {
  const secret = deriveMachineSecret('behind', 'valet-m-1');
  expect(secret).toMatch(/^[\w-]{43}$/);
  expect(secret).toBe(deriveMachineSecret('behind', 'valet-m-1'));
  expect(secret).not.toBe(deriveMachineSecret('behind', 'valet-m-2'));
  expect(secret).not.toBe(deriveMachineSecret('other', 'valet-m-1'));
});

it('a machine secret is an HMAC-SHA256, so that no secret of one machine leads to that of another', () => {
  const expected = createHmac('sha256', 'behind').update('valet machine secret\nvalet-m-1').digest('base64url');
  expect(deriveMachineSecret('behind', 'valet-m-1')).toBe(expected);
});
