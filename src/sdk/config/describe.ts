import { type Fault, findFaults } from './faults.js';
import { type Environment, type Group, textOf, type Variable } from './variable.js';
import { allVariables, clientVariables, controlPlaneVariables } from './variables.js';

export interface ConfigRow {
  readonly variable: string;
  readonly group: Group;
  /** Secrets redacted; null where nothing is set and there is no default. */
  readonly value: string | null;
  readonly source: 'environment' | 'default' | 'missing';
  readonly rule: string;
  /** What is wrong with it, as one sentence. */
  readonly fault: string | null;
}

export interface ConfigDescription {
  readonly rows: readonly ConfigRow[];
  readonly faults: readonly Fault[];
}

/** All variables as they stand, never throwing. With VALET_URL set, only what a client needs can be missing. */
export function describeConfig(env: Environment): ConfigDescription {
  const isClient = textOf(env, 'VALET_URL') !== undefined;
  const faults = findFaults(
    env,
    isClient ? clientVariables : [...controlPlaneVariables, ...clientVariables.slice(0, 1)],
  );
  return { rows: allVariables.map((variable) => describe(env, variable, faults)), faults };
}

function describe(env: Environment, variable: Variable<unknown>, faults: readonly Fault[]): ConfigRow {
  const { name, group, rule } = variable;
  const fault = faults.find((each) => each.variable === name)?.problem ?? null;
  return { variable: name, group, ...current(env, variable), rule: `must be ${rule.text}`, fault };
}

function current(env: Environment, variable: Variable<unknown>): Pick<ConfigRow, 'value' | 'source'> {
  const text = textOf(env, variable.name);
  if (text !== undefined) return { value: variable.rule.show?.(text) ?? text, source: 'environment' };
  const value = variable.default ?? variable.defaultFrom;
  return value === undefined ? { value: null, source: 'missing' } : { value, source: 'default' };
}
