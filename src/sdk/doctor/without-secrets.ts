import type { Finding } from './finding.js';

const redacted = '[redacted]';

/** The last door: whatever an outside system says back to us, none of our secrets goes out with it (G12). */
export async function* withoutSecrets(
  findings: AsyncIterable<Finding>,
  secrets: readonly string[],
): AsyncGenerator<Finding> {
  const longestFirst = secrets.toSorted((a, b) => b.length - a.length);
  const cleared = (text: string) => longestFirst.reduce((left, secret) => left.replaceAll(secret, redacted), text);
  for await (const finding of findings) {
    const { found, mend } = finding;
    yield { ...finding, found: cleared(found), mend: mend === null ? null : cleared(mend) };
  }
}
