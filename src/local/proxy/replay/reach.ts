import type { HostedApp } from '../../fly/machine-host.js';

export type Reach = 'allowed' | 'other network' | 'other organisation';

/** What Fly answers, as it was seen live; the text for another organisation is not known. */
export const crossNetworkText = 'cross-network replays are not allowed';

/**
 * Whether a replay may lead from one app to another, and whether programs of one reach those of the other. An app that the emulator does not know, such as a control plane
 * outside of it, is taken to be on the same network. That an organisation may let in replays of others is not imitated.
 * Source: fly.io/docs/networking/dynamic-request-routing, "Cross-Network Routing"
 */
export function decideReach(
  source: HostedApp | undefined,
  target: HostedApp | undefined,
  crossNetworkAllowed: boolean,
): Reach {
  if (source === undefined || target === undefined) return 'allowed';
  if (source.org !== target.org) return 'other organisation';
  return source.network === target.network || crossNetworkAllowed ? 'allowed' : 'other network';
}
