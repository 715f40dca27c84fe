const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** Roughly: "8 KiB", "1.5 MiB". */
export function formatBytes(bytes: number): string {
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  const amount = bytes / 1024 ** power;
  return `${amount < 10 && power > 0 ? Number(amount.toFixed(1)) : Math.round(amount)} ${units[power]}`;
}
