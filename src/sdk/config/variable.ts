import type { Rule } from './rules.js';

export type Group = 'core' | 'fly' | 'pool' | 'r2' | 'dormancy' | 'routing' | 'client';

/** One environment variable: what it means, what it must be, and what holds when it is not set. */
export interface Variable<T> {
  readonly name: string;
  readonly group: Group;
  readonly rule: Rule<T>;
  readonly meaning: string;
  /** As one would write it in the environment. */
  readonly default?: string;
  /** Where the value comes from instead, if there is no fixed default. */
  readonly defaultFrom?: string;
  /** Without it the control plane cannot work. */
  readonly required?: boolean;
}

/** Variables by name, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

type Rest<T> = Omit<Variable<T>, 'name' | 'group' | 'rule'>;

/** Gives the variables of one group their group. */
export function variablesOf(group: Group) {
  return <T>(name: string, rule: Rule<T>, rest: Rest<T>): Variable<T> => ({ name, group, rule, ...rest });
}

/** The text that was set, or undefined. Empty counts as not set: that is how most tools pass on an unset variable. */
export function textOf(env: Environment, name: string): string | undefined {
  const text = env[name]?.trim();
  return text === '' ? undefined : text;
}
