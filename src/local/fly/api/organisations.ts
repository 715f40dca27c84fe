import type { FlyEmulatorOptions } from '../options.js';
import { Tokens } from './access.js';

const defaultOrg = 'personal';

export interface Organisations {
  /** The slug of the one that has the emulator's apps. */
  readonly own: string;
  /** Slugs of all. */
  readonly slugs: readonly string[];
  readonly tokens: Tokens;
}

/** All organisations, each with the token that was named for it. */
export function organisations(
  { token, org: own = defaultOrg, orgs = {} }: Pick<FlyEmulatorOptions, 'token' | 'org' | 'orgs'>,
  nowMs: () => number,
): Organisations {
  const tokens = new Tokens(nowMs);
  const all = Object.entries({ ...orgs, [own]: token });
  for (const [slug, itsToken] of all) tokens.addOrg(itsToken, slug);
  return { own, tokens, slugs: all.map(([slug]) => slug) };
}
