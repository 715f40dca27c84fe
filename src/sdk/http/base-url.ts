import { ValetError } from '../errors.js';

/** Of `valet serve`. @throws ValetError `config_invalid` */
export function parseBase(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '') {
    url.search = '';
    url.hash = '';
    return url;
  }
  // The text is not repeated: it may hold credentials.
  throw new ValetError('config_invalid', 'The URL of `valet serve` is not an http or https URL without credentials.', {
    hint: 'Give something like https://valet.example.com, and the secret separately.',
  });
}
