import { randomBytes } from 'node:crypto';

/** 14 hexadecimal digits, as `148e21c7a65d89`. */
export function newMachineId(): string {
  return randomBytes(7).toString('hex');
}

/** The prefix and 16 characters, as `vol_4y5gn8lm2kq0zr1d`. */
export function newVolumeId(): string {
  return `vol_${randomBase36(16)}`;
}

/** As `vs_4LNvXLLK0P6tk6KgqoexaBw`. */
export function newSnapshotId(): string {
  return `vs_${randomBase36(23)}`;
}

/** 16 characters, as `z4k69dxd8r31p5mx`. */
export function newAppId(): string {
  return randomBase36(16);
}

/** What Fly's look like is not published. */
export function newPolicyId(): string {
  return `np_${randomBase36(16)}`;
}

function randomBase36(characters: number): string {
  return BigInt(`0x1${randomBytes(characters).toString('hex')}`)
    .toString(36)
    .slice(-characters);
}

const crockfordAlphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** A ULID: 10 characters of time and 16 of chance, in Crockford's base 32. Source: github.com/ulid/spec. */
export function newUlid(timeMs: number): string {
  return encodeBase32(BigInt(Math.max(0, Math.floor(timeMs))), 10) + encodeBase32(randomInteger(10), 16);
}

function randomInteger(byteCount: number): bigint {
  return BigInt(`0x${randomBytes(byteCount).toString('hex')}`);
}

function encodeBase32(value: bigint, characters: number): string {
  let text = '';
  for (let rest = value, position = 0; position < characters; position++, rest >>= 5n) {
    text = (crockfordAlphabet[Number(rest & 31n)] ?? '') + text;
  }
  return text;
}

/** An address of the shape that machines have on the private network; nothing listens there. */
export function newPrivateIp(): string {
  const groups = Array.from({ length: 3 }, () => randomBytes(2).toString('hex'));
  return `fdaa:0:1:a7b:${groups.join(':')}:2`;
}

/** What a lease is written with, as `9e63b0e6c4ae`. */
export function newNonce(): string {
  return randomBytes(6).toString('hex');
}
