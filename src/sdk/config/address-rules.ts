import { Secret } from '../secret.js';
import { commaSeparated, type Rule } from './rules.js';

/** Kept without the slash at its end, so that a path can be appended. */
export const httpUrl: Rule<string> = {
  text: 'an http:// or https:// URL without credentials, query or fragment',
  parse: (text) => (isPlainHttpUrl(text) ? text.replace(/\/+$/, '') : undefined),
  show: withoutCredentials,
};

export const postgresUrl: Rule<Secret> = {
  text: 'a postgres:// or postgresql:// URL',
  parse: (text) => (/^postgres(ql)?:$/.test(URL.parse(text)?.protocol ?? '') ? new Secret(text) : undefined),
  show: withoutCredentials,
};

/** `{machine_id}` and `{app}` are replaced for each call. */
export const machineUrlTemplate: Rule<string> = {
  text: 'an http:// or https:// URL that contains {machine_id}, and may contain {app}',
  parse: (text) => {
    const example = text.replaceAll('{machine_id}', '148e4d7dc14e89').replaceAll('{app}', 'app');
    return example !== text && text.includes('{machine_id}') && isPlainHttpUrl(example)
      ? text.replace(/\/+$/, '')
      : undefined;
  },
  show: (text) => withoutCredentials(text).replaceAll('%7B', '{').replaceAll('%7D', '}'),
};

export const domain: Rule<string> = {
  text: 'a host name such as example.com, without scheme, port or wildcard',
  parse: (text) => {
    const name = text.toLowerCase().replace(/\.$/, '');
    const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
    return name.length <= 253 && new RegExp(`^${label}(?:\\.${label})*$`).test(name) ? name : undefined;
  },
};

export const origins: Rule<readonly string[]> = {
  text: 'origins such as https://app.example.com, separated by commas, or * for any',
  parse: (text) => {
    const items = commaSeparated(text);
    const valid = text === '*' || items.every((item) => isPlainHttpUrl(item) && URL.parse(item)?.origin === item);
    return items.length > 0 && valid ? items : undefined;
  },
};

function isPlainHttpUrl(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) return false;
  return url.username === '' && url.password === '' && url.search === '' && url.hash === '';
}

/** A password may stand in the authority or in the query, a token in place of the user: only the rest is shown. */
function withoutCredentials(text: string): string {
  const url = URL.parse(text);
  if (url === null) return '[redacted]';
  if (url.username + url.password + url.search + url.hash === '') return text;
  if (url.password !== '') url.password = 'redacted';
  else if (url.username !== '') url.username = 'redacted';
  if (url.search !== '') url.search = '?redacted';
  url.hash = '';
  return url.href;
}
