import type { MachineAddress } from './decide.js';

/** How a request is handed to its machine. */
export interface ReplaySettings {
  /**
   * After so long without a connection the request comes back to us; 10 if left out. 0 leaves the header bare: it never
   * comes back.
   */
  readonly timeoutSecs?: number;
}

const defaultTimeoutSecs = 10;

/**
 * The value of `fly-replay`. `prefer_self` hands a request that the machine did not take back to this app, marked with
 * `fly-replay-failed`. Source: https://fly.io/docs/networking/dynamic-request-routing/
 */
export function replayHeader(machine: MachineAddress, settings: ReplaySettings = {}): string {
  const { timeoutSecs = defaultTimeoutSecs } = settings;
  const target = `instance=${machine.flyId};app=${machine.app}`;
  return timeoutSecs === 0 ? target : `${target};timeout=${timeoutSecs}s;fallback=prefer_self`;
}

/** The machine finds the state in its `fly-replay-src` and does not report the request as use (docs/machine-protocol.md). */
export function observerHeader(header: string): string {
  return `${header};state=observer`;
}
