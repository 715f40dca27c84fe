import { Flags } from '@oclif/core';
import { ValetError } from '../../sdk/errors.js';

export const settingsFlag = Flags.string({
  description: 'A variable for the `valet serve` instances; may be given several times.',
  helpValue: 'NAME=VALUE',
  multiple: true,
  default: [],
});

/** @throws ValetError `request_invalid` */
export function readSettings(given: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    given.map((text) => {
      const [, name, value] = /^([A-Z][A-Z0-9_]*)=(.*)$/s.exec(text) ?? [];
      if (name !== undefined && value !== undefined) return [name, value];
      throw new ValetError('request_invalid', `--set ${JSON.stringify(text.slice(0, 40))} is not NAME=VALUE.`, {
        hint: 'For example: --set WARM_POOL_SIZE=4. "valet config" lists the variables.',
      });
    }),
  );
}
