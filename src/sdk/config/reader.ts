import { configInvalid, faultOf, findFaults } from './faults.js';
import { type Environment, textOf, type Variable } from './variable.js';

/** Reads variables that were found free of faults when the reader was made. */
export class ConfigReader {
  readonly #env: Environment;

  /** @throws ValetError `config_invalid` with all faults of these variables together */
  constructor(env: Environment, variables: readonly Variable<unknown>[]) {
    const faults = findFaults(env, variables);
    if (faults.length > 0) throw configInvalid(faults);
    this.#env = env;
  }

  /** The value that is set, or the default; for a variable that has one or is required. */
  value<T>(variable: Variable<T>): T {
    const value = this.optional(variable);
    if (value === undefined) throw configInvalid([missing(this.#env, variable)]);
    return value;
  }

  optional<T>(variable: Variable<T>): T | undefined {
    const text = textOf(this.#env, variable.name) ?? variable.default;
    return text === undefined ? undefined : variable.rule.parse(text);
  }
}

function missing(env: Environment, variable: Variable<unknown>) {
  const problem = `${variable.name} is not set; it must be ${variable.rule.text}.`;
  return faultOf(env, variable) ?? { variable: variable.name, problem };
}
