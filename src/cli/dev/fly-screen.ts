/** What `valet dev fly` needs to say about what it has started. */
export interface RunningFly {
  readonly emulator: { readonly url: string; readonly token: string; readonly app: string };
  readonly proxy: { readonly url: string; readonly port: number };
  readonly network: { readonly urlTemplate: string };
  readonly dir: string;
}

/** The line that programs wait for. */
export function flyReadyLine({ emulator, proxy }: RunningFly): string {
  return JSON.stringify({ api: emulator.url, proxy: proxy.url, token: emulator.token });
}

/**
 * What to try, in lines that can be copied into any shell and that fit a terminal of 80 by 24. The machine runs the
 * project server, which answers nobody before it belongs to a project, but tells its status to who knows its secret.
 */
export function flyScreen({ emulator, proxy, network, dir }: RunningFly): string {
  const { url, token, app } = emulator;
  return `
An emulated Fly runs on this computer. In another terminal:
  API=${url}/v1/apps/${app}
  AUTH='authorization: Bearer ${token}'
  curl -H "$AUTH" $API/machines -d '{"config": {"image": "any/image:1",
    "env": {"VALET_INTERNAL_SECRET": "try"}, "services": [{"protocol": "tcp",
    "internal_port": 3000, "ports": [{"port": 80, "handlers": ["http"]}],
    "autostart": true, "autostop": "suspend"}]}}'
  curl -H "$AUTH" $API/machines
  curl -H 'authorization: Bearer try' \\
    http://${app}.fly.localhost:${proxy.port}/internal/status
  curl -H "$AUTH" ${url}/_emulator/clock \\
    -d '{"advance_ms": 600000}'

That was a machine, Valet's project server in it (--image names a program of
yours), and 10 minutes that pass at once: it is suspended until asked again.

Machines API: ${url}
Proxy: ${proxy.url}
Private network: ${network.urlTemplate}
Logs: ${dir}/fly/logs
Ctrl-C stops everything and removes it.`;
}
