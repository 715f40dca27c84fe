import type { Unconfirmed } from '../../src/local/fly/unconfirmed.js';

/** Where Fly's answer is not confirmed: for each the one that is less likely. */
export const otherAnswers: Unconfirmed = {
  startOnStarted: 'refuse',
  deleteStartedStatus: 409,
  suspendIneligibleStatus: 422,
  suspendLimitMb: 4096,
  execNotRunningStatus: 500,
  staleVersionStatus: 409,
  volumeCreateStatus: 200,
  appNameTakenStatus: 409,
  retryAfter: 'missing',
  putMetadata: 'replaces',
  leaseTtlSecs: 30,
  waitAnswer: 'ok_only',
  metadataFilter: 'ignored',
  affinityCookie: 'missing',
  deadClaimant: 'nul',
  extendNeedsRestart: 'while_attached',
  deleteRunningApp: 'accept',
  appNetwork: 'everywhere',
  updateState: 'updating',
  leaseBars: 'lifecycle',
  waitForStopped: 'needs_version',
  regionKeys: 'small',
};
