import { Secret } from '../secret.js';
import { type Rule, secret, wholeNumber } from './rules.js';

/** Fly hands tokens out as "FlyV1 fm2_…,fm2_…": that one space belongs to them. */
export const flyToken: Rule<Secret> = {
  ...secret,
  text: 'a Fly token',
  parse: (text) => (/^(FlyV1 )?\S+$/.test(text) ? new Secret(text) : undefined),
};

const upTo2Gb = wholeNumber(256, 2048);

/** Fly sells memory in steps of 256 MB, and suspends machines of 2 GB at most. */
export const memoryMb: Rule<number> = {
  text: 'a multiple of 256 from 256 to 2048 (megabytes)',
  parse: (text) => (Number(text) % 256 === 0 ? upTo2Gb.parse(text) : undefined),
};
