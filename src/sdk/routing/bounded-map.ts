/**
 * A map that forgets what was not used lately rather than grow over its bound: the half of its bound that was used last
 * is always there. In two generations, since looking for the oldest entry of one large map means to step over all that
 * were deleted before it.
 */
export class BoundedMap<K, V extends object> {
  readonly #maxYoung: number;
  #young = new Map<K, V>();
  #old = new Map<K, V>();

  /** A bound under 2 is taken for 2. */
  constructor(maxEntries: number) {
    this.#maxYoung = Math.max(1, Math.floor(maxEntries / 2));
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  get(key: K): V | undefined {
    const value = this.#young.get(key);
    if (value !== undefined || this.#old.size === 0) return value;
    const older = this.#old.get(key);
    if (older !== undefined) this.set(key, older);
    return older;
  }

  set(key: K, value: V): void {
    this.#old.delete(key);
    if (this.#young.size >= this.#maxYoung && !this.#young.has(key)) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, value);
  }

  /** Whether it was there. */
  delete(key: K): boolean {
    const wasYoung = this.#young.delete(key);
    return this.#old.delete(key) || wasYoung;
  }

  clear(): void {
    this.#young = new Map();
    this.#old = new Map();
  }
}
