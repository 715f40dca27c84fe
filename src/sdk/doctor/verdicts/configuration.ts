import type { ConfigDescription } from '../../config/describe.js';
import { failure, ok, type Verdict } from '../finding.js';

export function judgeConfiguration({ rows, faults }: Pick<ConfigDescription, 'rows' | 'faults'>): Verdict {
  if (faults.length === 0) {
    const set = rows.filter(({ source }) => source === 'environment').length;
    return ok(`${set} of ${rows.length} variables are set, none is wrong or misspelt.`);
  }
  return failure(
    faults.map(({ problem }) => problem).join(' '),
    'Set them in the environment; "valet config" shows every variable with its rule.',
  );
}
