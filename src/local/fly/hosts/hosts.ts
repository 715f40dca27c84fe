/** A server of Fly's: a volume and the machine on it share one for life. */
export interface Host {
  readonly id: string;
  readonly region: string;
  readonly reachable: boolean;
  /** No further volume, machine or start finds place on it. */
  readonly full: boolean;
}

const hostsPerRegion = 2;

/** The hosts of every region. There is always room, and every host can be reached, until somebody says otherwise. */
export class Hosts {
  readonly #hosts: Map<string, Host>;
  readonly #watchers = new Set<() => void>();
  #turn = 0;

  constructor(regions: readonly string[]) {
    const all = regions.flatMap((region) =>
      Array.from({ length: hostsPerRegion }, (_, index) => `${region}-${index + 1}`).map((id) => ({ id, region })),
    );
    this.#hosts = new Map(all.map((host) => [host.id, { ...host, reachable: true, full: false }]));
  }

  list(): readonly Host[] {
    return [...this.#hosts.values()];
  }

  /** @throws when there is no such host */
  get(id: string): Host {
    const host = this.#hosts.get(id);
    if (host === undefined) throw new Error(`There is no host ${id}; there are ${[...this.#hosts.keys()].join(', ')}.`);
    return host;
  }

  /** Where something new of this region goes: the hosts that suit, in turn. Undefined when none has room. */
  place(region: string, suits: (host: Host) => boolean = () => true): Host | undefined {
    const fitting = this.list().filter((host) => host.region === region && host.reachable && !host.full && suits(host));
    return fitting.length === 0 ? undefined : fitting[this.#turn++ % fitting.length];
  }

  setFull(id: string, full: boolean): void {
    this.#change({ ...this.get(id), full });
  }

  setRegionFull(region: string, full: boolean): void {
    for (const host of this.list()) if (host.region === region) this.#change({ ...host, full });
  }

  setReachable(id: string, reachable: boolean): void {
    this.#change({ ...this.get(id), reachable });
  }

  /** Calls the watcher after each change until the returned function is called. */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  #change(host: Host): void {
    this.#hosts.set(host.id, host);
    for (const watcher of [...this.#watchers]) watcher();
  }
}
