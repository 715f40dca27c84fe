import type { ActivityReporter } from './activity-reporter.js';
import { IdleWatch } from './idle-watch.js';
import type { OpenCalls } from './open-calls.js';
import { type OwnMachine, suspendOwnMachine } from './own-machine.js';
import type { Traffic } from './traffic.js';
import type { Volume } from './volume.js';

/** How a server that serves a project puts its idle machine to sleep. */
export interface SelfSuspend {
  /** How long nobody must have used the project. */
  readonly afterSecs: number;
  readonly machine: OwnMachine;
}

interface Watched {
  readonly volume: Volume;
  readonly traffic: Traffic;
  readonly openCalls: OpenCalls;
  readonly reporter: ActivityReporter | undefined;
}

export function watchIdleness(
  { afterSecs, machine }: SelfSuspend,
  { volume, traffic, openCalls, reporter }: Watched,
  onLog: (line: string) => void = () => undefined,
): IdleWatch {
  return new IdleWatch({
    afterSecs,
    look: () => ({
      configured: volume.state.project_id !== null,
      quiesced: volume.state.quiesced !== null,
      openConnections: traffic.openConnections,
      openCalls: openCalls.count,
      unreported: reporter?.unreported ?? false,
    }),
    report: () => reporter?.reportNow(),
    suspend: (signal) => suspendOwnMachine(machine, signal),
    onLog,
  });
}
