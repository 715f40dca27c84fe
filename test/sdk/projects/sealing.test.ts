import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Sealer } from '../../../src/sdk/projects/sealing.js';

const oldKey = randomBytes(32);
const newKey = randomBytes(32);
const refused = expect.objectContaining({ code: 'config_invalid' });

it('what was sealed opens again for the same project', () => {
  const sealer = new Sealer([newKey]);
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string(), (text, subject) => {
      expect(sealer.open(sealer.seal(text, subject), subject)).toBe(text);
    }),
  );
});

it('G12: a seal shows nothing of the key inside and is never the same twice', () => {
  const sealer = new Sealer([newKey]);
  const seals = [sealer.seal('deploy-key', 'demo'), sealer.seal('deploy-key', 'demo')];
  expect(seals[0]).not.toBe(seals[1]);
  for (const seal of seals) {
    const bodies = seal.split('.').map((part) => Buffer.from(part, 'base64url').toString('latin1'));
    expect([seal, ...bodies].join()).not.toContain('deploy-key');
  }
});

it('after a rotation old seals still open and new ones need the new key', () => {
  const sealedBefore = new Sealer([oldKey]).seal('deploy-key', 'demo');
  const rotated = new Sealer([newKey, oldKey]);
  expect(rotated.open(sealedBefore, 'demo')).toBe('deploy-key');
  const sealedAfter = rotated.seal('deploy-key', 'demo');
  expect(new Sealer([newKey]).open(sealedAfter, 'demo')).toBe('deploy-key');
  expect(() => new Sealer([oldKey]).open(sealedAfter, 'demo')).toThrow(refused);
});

it('what was sealed for one project does not open as another’s', () => {
  const sealer = new Sealer([newKey]);
  expect(() => sealer.open(sealer.seal('deploy-key', 'demo'), 'other')).toThrow(refused);
});

it('a seal that was tampered with, cut short or made up does not open', () => {
  const sealer = new Sealer([newKey]);
  const sealed = sealer.seal('deploy-key', 'demo');
  const [version = '', keyId = '', iv = '', body = ''] = sealed.split('.');
  const flipped = Buffer.from(body, 'base64url');
  flipped[0] = (flipped[0] ?? 0) ^ 1;
  const madeUp = [
    [version, keyId, iv, flipped.toString('base64url')],
    [version, keyId, randomBytes(12).toString('base64url'), body],
    [version, keyId, '', body],
    [version, keyId, iv, ''],
    [version, keyId, iv, body.slice(0, 8)],
    [version, keyId, iv],
    ['v2', keyId, iv, body],
    [version, 'ffffffff', iv, body],
    [''],
  ];
  for (const parts of madeUp) expect(() => sealer.open(parts.join('.'), 'demo')).toThrow(refused);
  expect(sealer.open(sealed, 'demo')).toBe('deploy-key');
});

it('without a key nothing is sealed', () => {
  expect(() => new Sealer([]).seal('deploy-key', 'demo')).toThrow(refused);
});
