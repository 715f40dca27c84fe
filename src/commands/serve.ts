import { BaseCommand } from '../cli/base-command.js';
import { serveFlags, withServeFlags } from '../cli/flags/serve.js';
import type { Log } from '../cli/log.js';
import type { RunningServe } from '../cli/serve-until-stopped.js';
import type { Config } from '../sdk/config.js';

/** Everything has been closed by then; what is left open is a defect, and must not hold up a deploy. */
const graceMs = 2_000;

export default class Serve extends BaseCommand {
  static override enableJsonFlag = false;
  static override description =
    'Answer the API, route requests to projects and run the background tasks, until SIGTERM or SIGINT; logs to stdout.';
  static override examples = ['<%= config.bin %> serve', '<%= config.bin %> serve --port 0 --private-port 0'];

  static override flags = serveFlags;

  override async run(): Promise<void> {
    const { flags } = await this.parse(Serve);
    using interruption = this.surroundings.interruption();
    const { readConfig } = await import('../sdk/config.js');
    const config = readConfig(withServeFlags(this.surroundings.env, flags));
    const { createLog } = await import('../cli/log.js');
    const { serveUntilStopped } = await import('../cli/serve-until-stopped.js');
    const log = createLog(config.core, this.surroundings.stdout);
    await serveUntilStopped(() => this.start(config, log), interruption.signal, log);
    this.surroundings.endWithin(graceMs, (kinds) => log.warn({ kinds }, 'ended although something was left open'));
  }

  private async start(config: Config, log: Log): Promise<RunningServe> {
    const { createControlPlane } = await import('../sdk/control-plane.js');
    const { Metrics, startServer } = await import('../server/index.js');
    const { explainPortInUse } = await import('../cli/failure/port-in-use.js');
    const { readObservers } = await import('../sdk/config/observers.js');
    const observers = await readObservers(config.routing.observers);
    await using opening = new AsyncDisposableStack();
    const metrics = new Metrics({ regions: regionsOf(config) });
    const telemetry = [metrics.telemetry];
    const controlPlane = opening.use(await createControlPlane(config, { telemetry, logger: log }));
    const serving = await controlPlane.openServing();
    const own = { ...serverConfig(config), observers };
    const options = { config: own, serving, log, version: this.config.version, metrics };
    const server = await startServer(options).catch((error: unknown) => {
      throw explainPortInUse(error, config.core);
    });
    opening.defer(() => server.stop());
    const opened = opening.move();
    const { port } = server.address;
    const url = publicUrl(config, port);
    return {
      ready: { url, port, private_port: server.privateAddress?.port },
      stop: () => opened.disposeAsync(),
    };
  }
}

/** Those that the configuration names. */
function regionsOf({ fly, pool }: Config): string[] {
  return [fly.region, ...pool.targets.map(({ region }) => region)];
}

/** With port 0 the default address has no port to name until one is taken. */
function publicUrl(config: Config, port: number): string {
  return config.core.publicUrl === 'http://localhost:0' ? `http://localhost:${port}` : config.core.publicUrl;
}

function serverConfig({ core, routing }: Config) {
  return {
    host: core.host,
    port: core.port,
    privatePort: core.privatePort,
    secrets: core.secrets.map((secret) => secret.reveal()),
    corsOrigins: core.corsOrigins,
    trustFlyProxy: core.trustFlyProxy,
    routerDomain: routing.domain,
    wakeTimeoutMs: routing.wakeTimeoutSecs * 1000,
    replayTimeoutSecs: routing.replayTimeoutSecs,
    cacheEntries: routing.cacheEntries,
  };
}
