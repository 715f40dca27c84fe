import type { Telemetry } from '../../src/sdk/telemetry.js';

type Facts<Name extends keyof Telemetry> = Parameters<Telemetry[Name]>[0];

/** Keeps what it is told, in order. */
export class TestTelemetry implements Telemetry {
  flyCalls: Facts<'flyCall'>[] = [];
  flyFailures: Facts<'flyFailure'>[] = [];
  wakes: Facts<'wake'>[] = [];
  claims: Facts<'claim'>[] = [];
  archives: Facts<'archive'>[] = [];
  sweeps: Facts<'sweep'>[] = [];

  flyCall(record: Facts<'flyCall'>): void {
    this.flyCalls.push(record);
  }

  flyFailure(failure: Facts<'flyFailure'>): void {
    this.flyFailures.push(failure);
  }

  wake(facts: Facts<'wake'>): void {
    this.wakes.push(facts);
  }

  claim(facts: Facts<'claim'>): void {
    this.claims.push(facts);
  }

  archive(facts: Facts<'archive'>): void {
    this.archives.push(facts);
  }

  sweep(facts: Facts<'sweep'>): void {
    this.sweeps.push(facts);
  }

  forget(): void {
    Object.assign(this, new TestTelemetry());
  }
}
