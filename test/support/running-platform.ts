import { type LocalPlatform, startPlatform } from 'valet/local';
import { valet } from './cli.js';

export type { LocalPlatform };

/** The built platform in this process, with `valet serve` as processes of their own. */
export function runningPlatform(settings: Readonly<Record<string, string>> = {}, instances = 2) {
  return startPlatform({ instances, settings: { VOLUME_KEEP_HOURS: '0', ...settings } });
}

/** `valet` on the platform, once with the SDK and the environment, once over HTTP. */
export function transports(platform: LocalPlatform) {
  const { publicUrl, secret } = platform;
  return {
    directly: (...args: readonly string[]) => valet(args, platform.env),
    overHttp: (...args: readonly string[]) => valet(args, { VALET_URL: publicUrl, CONTROL_PLANE_SECRET: secret }),
  };
}

export async function ask(platform: LocalPlatform, path: string, init: RequestInit = {}): Promise<Response> {
  const headers = { authorization: `Bearer ${platform.secret}`, ...init.headers };
  return fetch(`${platform.publicUrl}${path}`, { ...init, headers });
}
