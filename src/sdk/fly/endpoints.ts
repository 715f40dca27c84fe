/**
 * Every call of the Machines API that Valet makes, one line each. Types, paths, retries, limits and advice all follow
 * from this list, so a new call is a line here and a function beside those of its resource.
 * Source: docs.machines.dev (OpenAPI); limits: fly.io/docs/machines/api/working-with-machines-api.
 */
import { z } from 'zod';
import * as answers from './schemas.js';

/** When the call itself asks again. What Fly provably did not act on may always be repeated. */
export type Repeat =
  /** Doing it twice is the same as doing it once. */
  | 'freely'
  /** It may have been carried out, and doing it twice is worse than not knowing. */
  | 'if-refused'
  /** A create: only after a look for what the first one may have made. */
  | 'after-look';

/** A token bucket on our side. Fly counts each action by itself, per machine, volume or app. */
export interface CallLimit {
  readonly per: 'app' | 'target';
  readonly perSec: number;
  readonly burst: number;
}

export interface Endpoint {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** `{app}` is the client's; every other name is given with the call. */
  readonly path: string;
  readonly repeat: Repeat;
  readonly limit: CallLimit;
  readonly answer: z.ZodType;
}

const perApp = { per: 'app', perSec: 1, burst: 3 } as const;
const perTarget = { per: 'target', perSec: 1, burst: 3 } as const;
const perTargetRead = { per: 'target', perSec: 5, burst: 10 } as const;

const app = '/v1/apps/{app}';
const machines = `${app}/machines` as const;
const machine = `${machines}/{id}` as const;
const metadata = `${machine}/metadata` as const;
const volumes = `${app}/volumes` as const;
const volume = `${volumes}/{id}` as const;
const platform = '/v1/platform';

const nothing = z.unknown();

// biome-ignore format: a table
export const endpoints = {
  createMachine: { method: 'POST', path: machines, repeat: 'after-look', limit: perApp, answer: answers.flyMachine },
  listMachines: { method: 'GET', path: machines, repeat: 'freely', limit: perApp, answer: answers.flyMachines },
  getMachine: { method: 'GET', path: machine, repeat: 'freely', limit: perTargetRead, answer: answers.flyMachine },
  // Each update is a restart.
  updateMachine: { method: 'POST', path: machine, repeat: 'if-refused', limit: perTarget, answer: answers.flyMachine },
  deleteMachine: { method: 'DELETE', path: machine, repeat: 'freely', limit: perTarget, answer: nothing },
  startMachine: { method: 'POST', path: `${machine}/start`, repeat: 'freely', limit: perTarget, answer: nothing },
  stopMachine: { method: 'POST', path: `${machine}/stop`, repeat: 'freely', limit: perTarget, answer: nothing },
  suspendMachine: { method: 'POST', path: `${machine}/suspend`, repeat: 'freely', limit: perTarget, answer: nothing },
  // A slice of a wait: what waits decides itself whether to ask again.
  waitForState: { method: 'GET', path: `${machine}/wait`, repeat: 'if-refused', limit: perTarget, answer: answers.waited },
  listEvents: { method: 'GET', path: `${machine}/events`, repeat: 'freely', limit: perTarget, answer: answers.flyEvents },
  getMetadata: { method: 'GET', path: metadata, repeat: 'freely', limit: perTarget, answer: answers.flyMetadata },
  mergeMetadata: { method: 'PATCH', path: metadata, repeat: 'freely', limit: perTarget, answer: nothing },
  setMetadata: { method: 'POST', path: `${metadata}/{key}`, repeat: 'freely', limit: perTarget, answer: nothing },
  deleteMetadata: { method: 'DELETE', path: `${metadata}/{key}`, repeat: 'freely', limit: perTarget, answer: nothing },
  createVolume: { method: 'POST', path: volumes, repeat: 'after-look', limit: perApp, answer: answers.flyVolume },
  listVolumes: { method: 'GET', path: volumes, repeat: 'freely', limit: perApp, answer: answers.flyVolumes },
  getVolume: { method: 'GET', path: volume, repeat: 'freely', limit: perTarget, answer: answers.flyVolume },
  extendVolume: { method: 'PUT', path: `${volume}/extend`, repeat: 'freely', limit: perTarget, answer: answers.extended },
  deleteVolume: { method: 'DELETE', path: volume, repeat: 'freely', limit: perTarget, answer: nothing },
  getApp: { method: 'GET', path: app, repeat: 'freely', limit: perApp, answer: answers.flyApp },
  listRegions: { method: 'GET', path: `${platform}/regions`, repeat: 'freely', limit: perApp, answer: answers.flyRegions },
  // It simulates and reserves nothing.
  getPlacements: { method: 'POST', path: `${platform}/placements`, repeat: 'freely', limit: perApp, answer: answers.flyPlacements },
} as const satisfies Record<string, Endpoint>;

/** A call of the Machines API that the client knows. */
export type FlyCall = keyof typeof endpoints;

export const flyCalls = Object.keys(endpoints).filter(isFlyCall);

function isFlyCall(name: string): name is FlyCall {
  return name in endpoints;
}

/** The calls that make something: what they may have made has to be looked for. */
export const creatingCalls: readonly FlyCall[] = flyCalls.filter((call) => endpoints[call].repeat === 'after-look');

/** What Fly answers to each call, read. */
export type FlyAnswers = { readonly [C in FlyCall]: z.output<(typeof endpoints)[C]['answer']> };

/** The same list, seen so that the compiler can follow a call to its answer. */
const readers: { readonly [C in FlyCall]: { readonly answer: z.ZodType<FlyAnswers[C]> } } = endpoints;

export function schemaOf<C extends FlyCall>(call: C): z.ZodType<FlyAnswers[C]> {
  return readers[call].answer;
}

type NamesIn<Path> = Path extends `${string}{${infer Name}}${infer Rest}` ? Name | NamesIn<Rest> : never;

/** What has to be given to make the call's path. */
export type PathNames<C extends FlyCall> = Exclude<NamesIn<(typeof endpoints)[C]['path']>, 'app'>;
