import { actorOf } from '../actor.js';
import { ArchiveStore } from '../archives/store.js';
import type { Config } from '../config.js';
import type { Correlation } from '../correlation.js';
import type { Tables } from '../database/tables.js';
import { FlyClient } from '../fly/client.js';
import { MachineProtocol } from '../machines/protocol.js';
import { deriveMachineSecret } from '../machines/secret.js';
import type { Telemetry } from '../telemetry.js';

interface Watch {
  readonly correlation: Correlation;
  readonly telemetry: Telemetry;
}

/** Fly, the machines, R2. */
export function openOutside(config: Config, tables: Tables, watch: Watch, opening: AsyncDisposableStack) {
  const { fly, r2, core } = config;
  const { quarantine } = tables;
  const internalSecrets = core.internalSecrets.map((secret) => secret.reveal());
  return {
    fly: opening.adopt(
      new FlyClient({
        baseUrl: fly.apiUrl,
        app: fly.app,
        token: fly.token.reveal(),
        rateLimit: fly.rateLimit,
        causeOf: () => watch.correlation.cause,
        onCall: watch.telemetry.flyCall,
        onFailure: watch.telemetry.flyFailure,
      }),
      (client) => client.close(),
    ),
    protocol: opening.adopt(
      new MachineProtocol({
        urlTemplate: fly.machineUrl,
        app: fly.app,
        internalSecrets,
        onIdentity: async (machine, identity) => {
          await quarantine.contradiction(machine, identity, actorOf('request', core.instance, watch.correlation.cause));
        },
      }),
      (protocol) => protocol.close(),
    ),
    store: opening.adopt(
      new ArchiveStore({
        endpoint: r2.endpoint,
        accessKeyId: r2.accessKeyId.reveal(),
        secretAccessKey: r2.secretAccessKey.reveal(),
        bucket: r2.bucket,
      }),
      (store) => store.close(),
    ),
    /** The current one first. */
    secretsOf: (machineName: string) => internalSecrets.map((secret) => deriveMachineSecret(secret, machineName)),
  };
}
