import { randomBytes } from 'node:crypto';

/** What a project's owner deploys with; shown once, kept sealed. The prefix lets secret scanners recognise it. */
export function newDeployKey(): string {
  return `vdk_${randomBytes(32).toString('base64url')}`;
}
