/** Fly's answers that mean something of their own; the others go by their class. */
const ownStatuses = ['400', '401', '403', '404', '408', '409', '412', '422', '429'] as const;

export const flyStatuses = ['2xx', '3xx', ...ownStatuses, '4xx', '5xx', 'none'] as const;
export type FlyStatus = (typeof flyStatuses)[number];

/** `none`: there was no answer, or the call was never sent. */
export function flyStatus(status: number | null): FlyStatus {
  if (status === null) return 'none';
  const own = ownStatuses.find((each) => each === String(status));
  const byClass = flyStatuses.find((each) => each === `${Math.floor(status / 100)}xx`);
  return own ?? byClass ?? 'none';
}

/** Where a machine or a project is, as far as the configuration knows the place: regions come from callers too. */
export class RegionLabels {
  readonly #known: ReadonlySet<string>;

  constructor(regions: readonly string[]) {
    this.#known = new Set(regions);
  }

  get all(): readonly string[] {
    return [...this.#known, otherRegion];
  }

  of(region: string): string {
    return this.#known.has(region) ? region : otherRegion;
  }
}

const otherRegion = 'other';
