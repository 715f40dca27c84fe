/** Asks at most once, whoever wants to know; the signal is that of the first. */
export function once<T>(ask: (signal: AbortSignal) => Promise<T>): (signal: AbortSignal) => Promise<T> {
  let answer: Promise<T> | undefined;
  return (signal) => (answer ??= ask(signal));
}
