import type { FlyCallFailure, FlyCallRecord } from './fly/transport.js';

/** Who is told of what the control plane asks of Fly, where it happens. Each must return at once and not throw. */
export interface FlyWatch {
  /** Every attempt of every call. */
  called(record: FlyCallRecord): void;
  /** A call that came to nothing, once. */
  failed(failure: FlyCallFailure): void;
}
