import type { MachineConfig } from './schema.js';

/** What a cold boot comes after: the same run again, or anything else. */
export type BootOccasion = 'restart' | 'start';

/**
 * Whether a cold boot finds the root file system as the last run left it. Without a word in the config it is that of
 * the image each time. Source: fly.io/docs/machines/api/machines-resource, `rootfs.persist`.
 */
export function keepsRootfs(config: MachineConfig, occasion: BootOccasion): boolean {
  const persist = config.rootfs?.persist ?? config.guest?.persist_rootfs ?? 'never';
  return persist === 'always' || (persist === 'restart' && occasion === 'restart');
}
