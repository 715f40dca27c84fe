/**
 * Where it is not confirmed how Fly behaves: which of the possible answers this proxy gives. The defaults are those that
 * a program must be able to live with. May be changed at any time; the next request finds it so.
 */
export interface ProxyUnconfirmed {
  /**
   * Longest body that can be replayed: 1 MB says the page on replays, 10 MB the one on error codes (PA01).
   * fly.io/docs/networking/dynamic-request-routing, fly.io/docs/monitoring/error-codes
   */
  maxReplayBodyBytes: number;
  /** A replay's `timeout=1500`. An error after 80 ms was seen, which looks like a refusal (PA03). */
  unitlessTimeout: 'refused' | 'milliseconds';
  /** What only the proxy should say about replays, such as `fly-replay-src`, when a client says it. */
  forgedReplayHeaders: 'kept' | 'removed';
  /** Whether `fly-force-instance-id` starts a machine that is stopped or suspended. */
  forceInstanceWakes: boolean;
  /** Status when all that would fit is stopped and has autostart off. 503 was seen; other dead targets are a 502. */
  stoppedWithoutAutostart: 502 | 503;
  /** Whether a cordoned machine still takes what names it as `instance`; it gets nothing else. */
  cordonedTakesExact: boolean;
  /** A request that a machine had not answered when it was suspended: starts it again, or waits until others do. */
  suspendedUnderRequest: 'woken' | 'left';
}

export const safeAssumptions: Readonly<ProxyUnconfirmed> = {
  maxReplayBodyBytes: 1_048_576,
  unitlessTimeout: 'refused',
  forgedReplayHeaders: 'kept',
  forceInstanceWakes: false,
  stoppedWithoutAutostart: 503,
  cordonedTakesExact: true,
  suspendedUnderRequest: 'woken',
};
