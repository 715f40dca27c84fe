/** Advisory locks, the same in every version that may run side by side. */
export const locks = {
  replenish: 100,
  sweep: 101,
  recover: 102,
  orphans: 103,
  retire: 104,
  observe: 105,
  prune: 106,
} as const;
