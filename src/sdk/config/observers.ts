import { readFile } from 'node:fs/promises';
import { observerPreset } from '../routing/observer-preset.js';
import { type ObserverRule, observerFileSchema } from '../routing/observers.js';
import { configInvalid, type Fault } from './faults.js';
import { routing } from './variables.js';

const maxFaults = 10;

/**
 * The wake policy that ROUTER_OBSERVERS names: none, the preset, or what is in the file.
 *
 * @throws ValetError `config_invalid` that says what is wrong with the file and where
 */
export async function readObservers(setting: string): Promise<readonly ObserverRule[]> {
  if (setting === 'none') return [];
  if (setting === 'preset') return observerPreset;
  const parsed = observerFileSchema.safeParse(await readJson(setting));
  if (parsed.success) return parsed.data.observers;
  const faults = parsed.error.issues.slice(0, maxFaults).map(({ path, message }) => {
    return faultOf(setting, `${path.length === 0 ? 'it' : whereOf(path)}: ${message}`);
  });
  throw configInvalid(faults);
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (thrown) {
    const why = thrown instanceof SyntaxError ? 'it is not JSON' : 'it cannot be read';
    throw configInvalid([faultOf(path, `${why} (${thrown instanceof Error ? thrown.message : String(thrown)})`)]);
  }
}

function faultOf(path: string, why: string): Fault {
  const { name } = routing.observers;
  return { variable: name, problem: `${name} names the file ${JSON.stringify(path)}, which is at fault: ${why}.` };
}

/** `observers[2].paths[0]`. */
function whereOf(path: readonly PropertyKey[]): string {
  const steps = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`));
  return steps.join('').replace(/^\./, '');
}
