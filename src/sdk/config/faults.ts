import { ValetError } from '../errors.js';
import { probablyMeant } from './spelling.js';
import { type Environment, textOf, type Variable } from './variable.js';
import { allVariables, core, routing } from './variables.js';

export interface Fault {
  readonly variable: string;
  /** A whole sentence that names the variable and the rule, never a secret. */
  readonly problem: string;
}

/** What is wrong with one variable as it is set, if anything. */
export function faultOf(env: Environment, variable: Variable<unknown>): Fault | undefined {
  const { name, rule } = variable;
  const text = textOf(env, name);
  if (text === undefined) {
    return variable.required ? { variable: name, problem: `${name} is not set; it must be ${rule.text}.` } : undefined;
  }
  if (rule.parse(text) !== undefined) return undefined;
  const shown = JSON.stringify((rule.show?.(text) ?? text).slice(0, 80));
  return { variable: name, problem: `${name} is ${shown}; it must be ${rule.text}.` };
}

/** Everything that is wrong with these variables, and every name that looks like one of them mistyped. */
export function findFaults(env: Environment, variables: readonly Variable<unknown>[]): Fault[] {
  const faults = variables.map((variable) => faultOf(env, variable)).filter((fault) => fault !== undefined);
  const ports = variables.includes(core.privatePort) ? samePort(env) : [];
  const hosts = variables.includes(routing.domain) ? publicUrlOfAProject(env) : [];
  return [...faults, ...ports, ...hosts, ...misspelt(env, variables)];
}

function samePort(env: Environment): Fault[] {
  const [port, privatePort] = [core.port, core.privatePort].map(({ name, rule, default: usual }) =>
    rule.parse(textOf(env, name) ?? usual ?? ''),
  );
  if (port === undefined || port === 0 || port !== privatePort) return [];
  const { name } = core.privatePort;
  return [{ variable: name, problem: `${name} is ${port}, as is ${core.port.name}; it must be another port.` }];
}

/** Below ROUTER_DOMAIN every name is a project's, and one level down each can become one. */
function publicUrlOfAProject(env: Environment): Fault[] {
  const domain = routing.domain.rule.parse(textOf(env, routing.domain.name) ?? '');
  const url = core.publicUrl.rule.parse(textOf(env, core.publicUrl.name) ?? '');
  const host = url === undefined ? '' : new URL(url).hostname.replace(/\.$/, '');
  if (domain === undefined || !host.endsWith(`.${domain}`)) return [];
  const [own, projects] = [core.publicUrl.name, routing.domain.name];
  const problem = `${own} is at ${host}, below ${projects}, where each name is a project's; it must be ${domain} itself or elsewhere.`;
  return [{ variable: own, problem }];
}

function misspelt(env: Environment, variables: readonly Variable<unknown>[]): Fault[] {
  const known = allVariables.map((variable) => variable.name);
  return Object.keys(env).flatMap((name) => {
    const meant = textOf(env, name) === undefined ? undefined : probablyMeant(name, known);
    return meant === undefined || !variables.some(({ name }) => name === meant)
      ? []
      : [{ variable: name, problem: `${name} is not a variable of Valet; did you mean ${meant}?` }];
  });
}

export function configInvalid(faults: readonly Fault[]): ValetError {
  const count = faults.length === 1 ? 'One setting is' : `${faults.length} settings are`;
  const lines = faults.map((fault) => `  ${fault.problem}`);
  return new ValetError('config_invalid', `${count} wrong or missing:\n${lines.join('\n')}`, {
    hint: 'Set them in the environment. `valet config` shows every variable with its value and its rule.',
    details: { faults },
  });
}
