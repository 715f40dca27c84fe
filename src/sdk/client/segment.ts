import { ValetError } from '../errors.js';

/** A host name or id inside a path. @throws ValetError `request_invalid` */
export function segment(text: string): string {
  // The URL parser would resolve dots away, even encoded ones.
  if (/^\.{0,2}$/.test(text)) throw new ValetError('request_invalid', `${JSON.stringify(text)} is no host and no id.`);
  return encodeURIComponent(text);
}
