import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Group } from './claim.js';
import { Conversation } from './conversation.js';
import { findServer } from './found-server.js';
import { ObjectEndpoint } from './object-endpoint.js';
import type { CheckServerOptions } from './options.js';
import { type CheckReport, reportOf } from './report.js';
import type { Scene, SceneName } from './scene.js';
import { archive } from './scenes/archive.js';
import { arrival } from './scenes/arrival.js';
import { cancel } from './scenes/cancel.js';
import { configure } from './scenes/configure.js';
import { edges } from './scenes/edges.js';
import { epochs } from './scenes/epochs.js';
import { restart } from './scenes/restart.js';
import { restore } from './scenes/restore.js';
import { CannotGoOn, Trial } from './trial.js';

const scenes: readonly Scene[] = [arrival, configure, epochs, archive, cancel, restart, restore, edges];
const defaultTimeoutMs = 10_000;

/**
 * Holds a project server to the machine protocol. Changes it: it becomes a made-up project's and its data is lost.
 * @throws CheckFault when it is not reached, refuses the secret, or is a project's already; the signal's reason
 */
export async function checkServer(options: CheckServerOptions): Promise<CheckReport> {
  const { url, secret, timeoutMs = defaultTimeoutMs, signal = new AbortController().signal } = options;
  const dir = await mkdtemp(join(tmpdir(), 'valet-check-'));
  try {
    const conversation = new Conversation({ url, secret, timeoutMs, signal });
    const found = await findServer(conversation, options);
    const listen = options.listen ?? { host: '127.0.0.1', port: 0 };
    await using endpoint = await ObjectEndpoint.start({ ...listen, publicUrl: options.publicUrl, dir });
    const projectId = options.owned?.projectId ?? `valet-check-${randomBytes(4).toString('hex')}`;
    options.onStart?.({ projectId, kind: found.kind });
    const { path = '/', writePath, restart: restartServer } = options;
    const isFresh = options.owned === undefined;
    const parts = { conversation, endpoint, secret, dir, projectId, isFresh, path, writePath, restart: restartServer };
    const trial = new Trial({ ...parts, ...found });
    const unreached = await playAll(trial, options);
    return reportOf(trial, { url, only: options.only, unreached });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** Returns why the rest was not reached, if it was not. */
async function playAll(trial: Trial, { only, onScene }: CheckServerOptions): Promise<string | undefined> {
  const failed = new Map<SceneName, string>();
  for (const scene of scenesFor(only)) {
    const [missing] = scene.needs.filter((name) => failed.has(name));
    const why = missing === undefined ? await play(scene, trial, onScene) : failed.get(missing);
    if (why !== undefined) failed.set(scene.name, why);
  }
  return [...failed.values()][0];
}

async function play(scene: Scene, trial: Trial, onScene: CheckServerOptions['onScene']): Promise<string | undefined> {
  onScene?.(scene.name);
  try {
    await scene.play(trial);
    return undefined;
  } catch (error) {
    if (!(error instanceof CannotGoOn)) throw error;
    return error.message;
  }
}

/** Those that judge the groups, and all that these need. */
export function scenesFor(only: readonly Group[] | undefined): readonly Scene[] {
  if (only === undefined) return scenes;
  const wanted = new Set<SceneName>();
  for (const scene of scenes.toReversed()) {
    const isAsked = scene.groups.some((group) => only.includes(group));
    if (isAsked || wanted.has(scene.name)) for (const name of [scene.name, ...scene.needs]) wanted.add(name);
  }
  return scenes.filter(({ name }) => wanted.has(name));
}
