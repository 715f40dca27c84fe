/** What is remembered of a machine from one autostop pass to the next. */
interface Sighting {
  readonly started: boolean;
  /** First seen started; or, while it is not, last seen so. */
  readonly sinceMs: number;
  /** When it was last seen asleep before it was started. */
  readonly asleepMs: number | undefined;
}

/** Since when machines are quiet: the proxy is not told when somebody else starts one, it only sees it started. */
export class Sightings {
  readonly #sightings = new Map<string, Sighting>();

  /** A use before it last slept says nothing about a machine that somebody has started since. */
  quietSinceMs(id: string, started: boolean, lastUsedMs: number | undefined, nowMs: number): number {
    const known = this.#sightings.get(id);
    const same = started && known?.started === true;
    const sighting = same ? known : { started, sinceMs: nowMs, asleepMs: started ? known?.sinceMs : undefined };
    this.#sightings.set(id, sighting);
    const usedSinceSleep = lastUsedMs !== undefined && lastUsedMs > (sighting.asleepMs ?? 0);
    return usedSinceSleep ? lastUsedMs : sighting.sinceMs;
  }

  fellAsleep(id: string, nowMs: number): void {
    this.#sightings.set(id, { started: false, sinceMs: nowMs, asleepMs: undefined });
  }

  keepOnly(ids: ReadonlySet<string>): void {
    for (const id of this.#sightings.keys()) if (!ids.has(id)) this.#sightings.delete(id);
  }
}
