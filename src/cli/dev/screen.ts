/** What `valet dev` needs to say about the platform it has started. */
export interface RunningPlatform {
  readonly publicUrl: string;
  readonly secret: string;
  readonly fly: { readonly url: string; readonly token: string };
  readonly dir: string;
}

/** What to try, in lines that can be copied and that fit a terminal of 80 by 24. */
export function devScreen({ publicUrl, secret, fly, dir }: RunningPlatform): string {
  const project = `http://demo.localhost:${new URL(publicUrl).port}`;
  return `
Valet runs at ${publicUrl}, as two instances with an emulated Fly.

In another terminal:
  export VALET_URL=${publicUrl}
  export CONTROL_PLANE_SECRET=${secret}
  npx valet projects create demo
  curl -X PUT ${project}/kv/greeting -d hello
  curl ${project}/kv/greeting
  npx valet projects archive demo    # into the object store; the machine goes
  curl ${project}/kv/greeting    # wakes it, with its data
  npx valet projects list
  npx valet pool status
  npx valet watch

In a browser: ${project}/

Machines API: ${fly.url} (token ${fly.token})
Logs: ${dir}
Ctrl-C stops everything and removes it.`;
}
