import { actorOf } from '../actor.js';
import { ArchiveStore } from '../archives/store.js';
import type { MonotonicClock } from '../clock.js';
import type { Config } from '../config.js';
import type { Correlation } from '../correlation.js';
import type { Tables } from '../database/tables.js';
import { asError } from '../errors.js';
import { FlyClient } from '../fly/client.js';
import type { Logger } from '../logger.js';
import { MachineProtocol } from '../machines/protocol.js';
import { deriveMachineSecret } from '../machines/secret.js';
import type { Telemetry } from '../telemetry.js';

export interface Watch {
  readonly correlation: Correlation;
  readonly telemetry: Telemetry;
  readonly logger: Logger;
  readonly clock: MonotonicClock;
}

/** Fly, the machines, R2. */
export function openOutside(config: Config, tables: Tables, watch: Watch, opening: AsyncDisposableStack) {
  const { fly, r2, core } = config;
  const { quarantine } = tables;
  const internalSecrets = core.internalSecrets.map((secret) => secret.reveal());
  return {
    fly: opening.use(
      new FlyClient({
        baseUrl: fly.apiUrl,
        app: fly.app,
        token: fly.token.reveal(),
        rateLimit: fly.rateLimit,
        clock: watch.clock,
        causeOf: () => watch.correlation.cause,
        onCall: watch.telemetry.flyCall,
        onFailure: watch.telemetry.flyFailure,
      }),
    ),
    protocol: opening.use(
      new MachineProtocol({
        urlTemplate: fly.machineUrl,
        app: fly.app,
        internalSecrets,
        onIdentity: async (machine, identity) => {
          const actor = actorOf('request', core.instance, watch.correlation.cause);
          await quarantine.contradiction(machine, identity, actor).catch((thrown: unknown) => {
            // It is found again when the machine is next looked at.
            const facts = { machine: machine.name, message: asError(thrown).message };
            watch.logger.warn(facts, 'a machine that contradicts its row could not be noted');
          });
        },
      }),
    ),
    store: opening.use(
      new ArchiveStore({
        endpoint: r2.endpoint,
        accessKeyId: r2.accessKeyId.reveal(),
        secretAccessKey: r2.secretAccessKey.reveal(),
        bucket: r2.bucket,
      }),
    ),
    /** The current one first. */
    secretsOf: (machineName: string) => internalSecrets.map((secret) => deriveMachineSecret(secret, machineName)),
  };
}
