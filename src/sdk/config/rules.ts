import { Secret } from '../secret.js';

/** What the text of a variable must be. `parse` answers undefined for text that breaks the rule. */
export interface Rule<T> {
  /** Completes the sentence "must be …". */
  readonly text: string;
  readonly parse: (text: string) => T | undefined;
  /** How the value may be shown to people; absent: as it is written. */
  readonly show?: (text: string) => string;
}

export function wholeNumber(least: number, most: number, unit = ''): Rule<number> {
  return {
    text: `a whole number${unit && ` of ${unit}`} from ${least} to ${most}`,
    parse: (text) => (/^\d{1,9}$/.test(text) ? between(Number(text), least, most) : undefined),
  };
}

export function decimal(least: number, most: number, unit: string): Rule<number> {
  return {
    text: `a number of ${unit} from ${least} to ${most}`,
    parse: (text) => (/^\d{1,9}(\.\d{1,9})?$/.test(text) ? between(Number(text), least, most) : undefined),
  };
}

/** One number, or `sjc=2,fra=1`: a number of each region. */
export function perRegion(most: number, unit: string): Rule<number | ReadonlyMap<string, number>> {
  return {
    text: `a whole number of ${unit} from 0 to ${most}, or one per region such as sjc=2,fra=1`,
    parse: (text) => {
      if (/^\d{1,9}$/.test(text)) return between(Number(text), 0, most);
      const entries = commaSeparated(text).map((item) => /^([a-z]{3})=(\d{1,9})$/.exec(item));
      const sizes = new Map(entries.flatMap((entry) => (entry?.[1] ? [[entry[1], Number(entry[2])]] : [])));
      const total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
      return entries.length > 0 && sizes.size === entries.length && total <= most ? sizes : undefined;
    },
  };
}

function between(value: number, least: number, most: number): number | undefined {
  return value >= least && value <= most ? value : undefined;
}

export function oneOf<const T extends string>(...choices: readonly T[]): Rule<T> {
  return { text: `one of ${choices.join(', ')}`, parse: (text) => choices.find((choice) => choice === text) };
}

export function matching(pattern: RegExp, text: string): Rule<string> {
  return { text, parse: (value) => (pattern.test(value) ? value : undefined) };
}

/** What Fly takes as an app's name, and DNS as a label. */
export const name = matching(
  /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
  '1 to 63 lower-case letters, digits and inner hyphens',
);

export const yesOrNo: Rule<boolean> = {
  text: 'true or false',
  parse: (text) => (text === 'true' ? true : text === 'false' ? false : undefined),
};

export const secret: Rule<Secret> = {
  text: 'a secret without spaces',
  parse: (text) => (/\s/.test(text) ? undefined : new Secret(text)),
  show: () => '[redacted]',
};

/** Rotation: the first is used for what is new, all are accepted. */
export function secrets(item: string, valid: (text: string) => boolean): Rule<readonly Secret[]> {
  return {
    text: `one or more ${item}, separated by commas`,
    parse: (text) => {
      const items = commaSeparated(text);
      return items.length > 0 && items.every(valid) ? items.map((value) => new Secret(value)) : undefined;
    },
    show: (text) =>
      commaSeparated(text)
        .map(secret.show ?? String)
        .join(','),
  };
}

export function commaSeparated(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
