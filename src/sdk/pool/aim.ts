/** Members of the pool are alike: of one environment and one configuration. Others are outdated. */
export interface PoolKind {
  readonly environment: string;
  readonly configHash: string;
}

export interface RegionTarget {
  readonly region: string;
  readonly target: number;
}

/** What one configuration wants the pool to hold. */
export interface PoolAim {
  readonly configHash: string;
  readonly image: string;
  readonly targets: readonly RegionTarget[];
}
