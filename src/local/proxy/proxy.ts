import { AutostopLoop } from './autostop/autostop.js';
import { Connections } from './delivery/connections.js';
import { Courier } from './delivery/deliver.js';
import { MachineSleep } from './delivery/machine-sleep.js';
import { Members } from './delivery/members.js';
import { Upstream } from './delivery/upstream.js';
import { Exchange } from './exchange.js';
import { type LocalProxy, type ProxyOptions, settingsOf } from './options.js';
import { Traffic } from './traffic.js';

/**
 * Fly's proxy on one computer: every host name leads to the control plane's app or to the app that it names, replays
 * lead on to machines, which it wakes for that and puts to sleep when they are idle. HTTP without TLS, on one port that
 * stands for 80 and 443.
 *
 * @throws what `listen` throws, with its code: EADDRINUSE when the port is taken
 */
export async function startProxy(options: ProxyOptions): Promise<LocalProxy> {
  const settings = settingsOf(options);
  const connections = new Connections(settings.clock);
  const sleep = new MachineSleep(connections);
  const upstream = new Upstream(settings.requestTimeoutMs);
  const { region, unconfirmed } = settings;
  const members = new Members({ options, region, unconfirmed, sleep, connections });
  const courier = new Courier({ members, upstream, connections, sleep, settings });
  const traffic = new Traffic((client) => new Exchange(client, { courier, members, settings }).run());
  const host = options.host ?? '127.0.0.1';
  const port = await traffic.listen(options.port ?? 0, host);
  const autostop = new AutostopLoop({
    machines: options.machines,
    apps: () => members.apps(),
    connections,
    sleep,
    clock: settings.clock,
    primaryRegion: options.primaryRegion ?? region,
    times: options.autostop,
    log: settings.log,
  });
  const close = async () => {
    await traffic.stop();
    upstream.close();
    await autostop.stop();
  };
  let stopping: Promise<void> | undefined;
  const stop = () => (stopping ??= close());
  return {
    url: `http://${host}:${port}`,
    port,
    autostopPass: () => autostop.pass(),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
