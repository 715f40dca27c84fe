/** What `valet dev` needs to say about the platform it has started. */
export interface RunningPlatform {
  readonly publicUrl: string;
  readonly secret: string;
  readonly fly: { readonly url: string; readonly token: string };
  readonly dir: string;
}

/** What to try, in lines that can be copied. */
export function devScreen({ publicUrl, secret, fly, dir }: RunningPlatform): string {
  const port = new URL(publicUrl).port;
  return `
Valet runs at ${publicUrl}, with two instances and a warm pool of two machines.

Create a project and use it:
  curl -X POST ${publicUrl}/api/projects -H 'content-type: application/json' -d '{"id":"demo"}'
  curl -X PUT http://demo.localhost:${port}/kv/greeting -d 'hello'
  curl http://demo.localhost:${port}/kv/greeting

In a browser:
  http://demo.localhost:${port}/

From another terminal, with this in the environment:
  export VALET_URL=${publicUrl} CONTROL_PLANE_SECRET=${secret}

  npx valet projects list
  npx valet pool status
  npx valet projects archive demo      then ask for it again: it wakes
  npx valet route demo

The emulated Fly answers at ${fly.url} (token ${fly.token}).
Logs are in ${dir}. Ctrl-C stops everything and removes it.`;
}
