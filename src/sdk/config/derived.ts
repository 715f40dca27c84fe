import { hkdfSync, randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { Secret } from '../secret.js';
import { type Environment, textOf } from './variable.js';

/** Keys for deploy keys where none are given: one for each internal secret, so that both are rotated together. */
export function derivedSealKeys(internalSecrets: readonly Secret[]): Secret[] {
  return internalSecrets.map((secret) => {
    const key = hkdfSync('sha256', secret.reveal(), 'valet', 'deploy key seal, version 1', 32);
    return new Secret(Buffer.from(key).toString('base64'));
  });
}

/**
 * Fly sets both in every machine (https://fly.io/docs/machines/runtime-environment/); whoever can set our environment
 * could as well set VALET_TRUST_FLY_PROXY.
 */
export function runsOnFly(env: Environment): boolean {
  return textOf(env, 'FLY_MACHINE_ID') !== undefined || textOf(env, 'FLY_APP_NAME') !== undefined;
}

/** A restarted Fly machine is the same instance; elsewhere every process is a new one. */
export function defaultInstance(env: Environment): string {
  const host = hostname()
    .replace(/[^\w.-]/g, '-')
    .slice(0, 60);
  return textOf(env, 'FLY_MACHINE_ID') ?? `${host}-${process.pid}-${randomBytes(3).toString('hex')}`;
}

export function defaultPublicUrl(domain: string | undefined, port: number): string {
  return domain === undefined ? `http://localhost:${port}` : `https://${domain}`;
}
