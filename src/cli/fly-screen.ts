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

/** What to try, in lines that can be copied and that fit a terminal of 80 by 24. */
export function flyScreen({ emulator, proxy, network, dir }: RunningFly): string {
  const { url, token, app } = emulator;
  return `
An emulated Fly runs on this computer.

In another terminal:
  export FLY_API=${url}/v1/apps/${app}
  export FLY_TOKEN=${token}
  curl -sH "authorization: Bearer $FLY_TOKEN" $FLY_API/machines -d '{
    "config": {"image": "any/image:1", "services": [{"protocol": "tcp",
    "internal_port": 3000, "ports": [{"port": 80, "handlers": ["http"]}],
    "autostart": true, "autostop": "suspend"}]}}'
  curl -sH "authorization: Bearer $FLY_TOKEN" $FLY_API/machines
  curl http://${app}.fly.localhost:${proxy.port}/

Machines API: ${url}
Proxy: ${proxy.url}
Private network: ${network.urlTemplate}
What can be told to it: curl -H "authorization: Bearer …" ${url}/_emulator
Logs: ${dir}
Ctrl-C stops everything and removes it.`;
}
