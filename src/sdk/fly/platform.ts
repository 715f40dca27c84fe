import { ValetError } from '../errors.js';
import { getApp } from './app.js';
import { Deadline, type FlyCallOptions } from './deadline.js';
import type { FlyPlacement, FlyRegions } from './schemas.js';
import type { FlyTransport } from './transport.js';
import type { FlyGuest } from './wire.js';

/** Machines whose placement is to be simulated. */
export interface FlyPlacementQuestion {
  /** Regions and aliases in the order of preference: `lhr,eu`. */
  readonly region?: string;
  /** 0 asks for the organisation's limit in each region. */
  readonly count?: number;
  readonly compute?: FlyGuest;
  readonly volume_name?: string;
  readonly volume_size_bytes?: number;
}

export async function listRegions(fly: FlyTransport, options?: FlyCallOptions): Promise<FlyRegions> {
  return await fly.send('listRegions', { path: {} }, options);
}

/**
 * Where there is room for the app's organisation. A hint: nothing is reserved.
 * @throws ValetError `fly_failed` if Fly does not say whose the app is
 */
export async function getPlacements(
  fly: FlyTransport,
  question: FlyPlacementQuestion,
  options?: FlyCallOptions,
): Promise<FlyPlacement[]> {
  const deadline = new Deadline(options);
  const { organization } = await getApp(fly, deadline.rest);
  if (organization === undefined) throw new ValetError('fly_failed', `Fly names no organisation of ${fly.app}.`);
  const body = { ...question, org_slug: organization.slug };
  return (await fly.send('getPlacements', { path: {}, body }, deadline.rest)).regions;
}
