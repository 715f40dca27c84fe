import { ValetError } from '../errors.js';

declare const brand: unique symbol;

/** A DNS label in lower case: 1 to 63 of a–z, 0–9 and inner hyphens (RFC 1123), and no punycode prefix. */
export type ProjectId = string & { readonly [brand]: 'ProjectId' };

const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** Whether a text can be the id of a project; it need not be one of a project that there is. */
export function isProjectId(text: string): text is ProjectId {
  return label.test(text) && !text.startsWith('xn--');
}

/** A text as the id of a project. @throws ValetError `project_id_invalid`, naming the rule. */
export function parseProjectId(text: string): ProjectId {
  if (isProjectId(text)) return text;
  throw new ValetError('project_id_invalid', `${JSON.stringify(text.slice(0, 80))} is not a valid project id.`, {
    hint: 'Use a DNS label: 1 to 63 lower-case letters, digits and inner hyphens, not beginning with "xn--".',
  });
}
