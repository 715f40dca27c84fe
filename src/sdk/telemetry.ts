import type { FlyCallRecord } from './fly/transport.js';

/**
 * What the control plane tells whoever measures it. Each is called where the thing happens and must return at once; one
 * that throws is a defect of the measurer, not of the journey.
 */
export interface Telemetry {
  /** One attempt of a call to Fly, with how long it waited for its turn. */
  flyCall(record: FlyCallRecord): void;
  /** A wake has ended. `resumed`: it was found awake or still had its machine; `warm`: from the pool; `cold`: provisioned. */
  wake(facts: { readonly kind: WakeKind; readonly ok: boolean; readonly durationMs: number }): void;
  /** A machine was asked for. `hit`: the pool had one. */
  claim(facts: { readonly outcome: 'hit' | 'miss'; readonly region: string }): void;
  /** An archive was made, cancelled or failed. */
  archive(facts: {
    readonly outcome: 'archived' | 'cancelled' | 'failed';
    readonly durationMs: number;
    /** Of a made one. */
    readonly bytes: number | null;
  }): void;
  /** A sweep has ended, by whoever began it. */
  sweep(facts: {
    readonly archived: number;
    readonly kept: number;
    readonly failed: number;
    readonly leftOver: number;
  }): void;
}

export type WakeKind = 'warm' | 'cold' | 'resumed';

/** Measures nothing. */
export const noTelemetry: Telemetry = { flyCall() {}, wake() {}, claim() {}, archive() {}, sweep() {} };
