import { Deadline, type FlyCallOptions } from './deadline.js';
import { ignoreGone } from './errors.js';
import type { FlyTransport } from './transport.js';

/** Texts by key, on a machine. */
export type FlyMetadata = Readonly<Record<string, string>>;
/** Null removes a key. */
export type FlyMetadataChanges = Readonly<Record<string, string | null>>;

export async function getMetadata(fly: FlyTransport, id: string, options?: FlyCallOptions): Promise<FlyMetadata> {
  return await fly.send('getMetadata', { path: { id } }, options);
}

export async function setMetadata(
  fly: FlyTransport,
  id: string,
  key: string,
  value: string,
  options?: FlyCallOptions,
): Promise<void> {
  await fly.send('setMetadata', { path: { id, key }, body: { value } }, options);
}

/** Success if it is gone already. */
export async function deleteMetadata(
  fly: FlyTransport,
  id: string,
  key: string,
  options?: FlyCallOptions,
): Promise<void> {
  await fly.send('deleteMetadata', { path: { id, key } }, options).catch(ignoreGone);
}

/**
 * Sets several keys, and removes those that are null, in one call. Whether Fly then keeps the keys that are not named is
 * unconfirmed, so all are named, as they were read just before: what somebody else writes in between may be undone.
 */
export async function mergeMetadata(
  fly: FlyTransport,
  id: string,
  changes: FlyMetadataChanges,
  options?: FlyCallOptions,
): Promise<void> {
  const deadline = new Deadline(options);
  const metadata = { ...(await getMetadata(fly, id, deadline.rest)), ...withoutNulls(changes) };
  await fly.send('mergeMetadata', { path: { id }, body: { metadata } }, deadline.rest);
}

/** The specification has only texts as values; the empty one removes. */
function withoutNulls(changes: FlyMetadataChanges): FlyMetadata {
  return Object.fromEntries(Object.entries(changes).map(([key, value]) => [key, value ?? '']));
}
