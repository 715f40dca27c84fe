import type { ConfigDescription } from '../config/describe.js';
import type { Binding } from '../database/installation.js';
import type { HighWaterMark } from '../upkeep/high-water-mark.js';
import type { DatabaseProbe } from './probes/database.js';
import type { FlyProbe } from './probes/fly.js';
import type { InstallationProbe } from './probes/installation.js';
import type { MachineProbe } from './probes/machines.js';
import type { ServerProbe } from './probes/server.js';
import type { StoreProbe } from './probes/store.js';
import type { FlySettings, Part } from './settings.js';
import type { StorePlace } from './verdicts/store.js';

/** What can be asked, as far as the configuration allows it. */
export interface Probes {
  readonly description: ConfigDescription;
  /** Of this program. */
  readonly version: string;
  readonly onFly: boolean;
  readonly database: Part<{ readonly database: DatabaseProbe }>;
  readonly server: Part<{ readonly server: ServerProbe }>;
  readonly fly: Part<{ readonly fly: FlyProbe; readonly flySettings: FlySettings }>;
  readonly store: Part<{ readonly store: StoreProbe; readonly place: StorePlace }>;
  readonly machines: Part<{ readonly machines: MachineProbe; readonly urlTemplate: string }>;
  readonly installation: Part<{ readonly installation: InstallationProbe; readonly binding: Binding }>;
  readonly marks: Part<{ readonly highWater: Pick<HighWaterMark, 'marks'> }>;
}
