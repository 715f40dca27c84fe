import type { Archive } from '../resources.js';

/** Carries the archive as JSON, beside the content that is the body. */
export const archiveHeader = 'valet-archive';

/** A basic server's key may be of any characters, a header is of ASCII: JSON can write the ones as the other. */
export function formatArchiveHeader(archive: Archive): string {
  return JSON.stringify(archive).replace(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Undefined for what is no JSON; the caller knows what shape it must have. */
export function parseArchiveHeader(header: string | string[] | undefined): unknown {
  try {
    return JSON.parse(String(header));
  } catch {
    return undefined;
  }
}
