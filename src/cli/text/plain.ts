import { stripVTControlCharacters } from 'node:util';

/** Text from outside, without what a terminal would obey. */
export function plain(text: string): string {
  return stripVTControlCharacters(text).replace(/\p{Cc}+/gu, ' ');
}
