/** @throws when the time is over or the signal aborts first; the promise itself is left to end as it will */
export async function withinMs<T>(promise: Promise<T>, limitMs: number, signal: AbortSignal): Promise<T> {
  const { promise: over, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  const timer = setTimeout(() => reject(new Error(`Not done in ${Math.round(limitMs)} ms.`)), limitMs);
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  try {
    return await Promise.race([promise, over]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}
