import type {
  ClassElement,
  FunctionDeclaration,
  Node,
  ParameterDeclaration,
  TypeElement,
} from 'typescript/unstable/ast';
import {
  isComputedPropertyName,
  isConstructorDeclaration,
  isGetAccessorDeclaration,
  isIdentifier,
  isMethodDeclaration,
  isMethodSignatureDeclaration,
  isPrivateIdentifier,
  isPropertyDeclaration,
  isPropertyName,
} from 'typescript/unstable/ast/is';
import type { Checker } from 'typescript/unstable/sync';

export type MemberNode = TypeElement | ClassElement;

interface Callable {
  readonly parameters: readonly ParameterDeclaration[];
  readonly type?: { getText(): string } | undefined;
}

/** A constructor, and what can be called or indexed itself, have none. */
export function nameOf(node: MemberNode): Node | undefined {
  let name: Node | undefined;
  if (isConstructorDeclaration(node)) return undefined;
  node.forEachChild((child) => {
    if (name === undefined && isPropertyName(child)) name = child;
  });
  return name;
}

/** What can be used from outside; what every disposable has is said by `implements`. */
export function isPublicMember(node: MemberNode): boolean {
  const name = nameOf(node);
  if (name === undefined) return !isConstructorDeclaration(node) || !/^\s*private\b/.test(node.getText());
  return !isPrivateIdentifier(name) && !isComputedPropertyName(name);
}

export function functionSignature(name: string, node: FunctionDeclaration, checker: Checker): string {
  const generics = node.typeParameters?.map((parameter) => parameter.getText()).join(', ');
  return `function ${name}${generics === undefined ? '' : `<${generics}>`}${callOf(node, checker)}`;
}

/** One line, as it would stand in an interface. */
export function memberSignature(node: MemberNode, checker: Checker): string {
  if (isConstructorDeclaration(node)) return `constructor${callOf(node, checker)}`;
  const name = nameOf(node)?.getText() ?? '';
  if (isMethodDeclaration(node) || isMethodSignatureDeclaration(node)) return `${name}${callOf(node, checker)}`;
  if (isGetAccessorDeclaration(node)) return `readonly ${name}: ${node.type?.getText() ?? 'unknown'}`;
  const whole = flat(node.getText());
  return isPropertyDeclaration(node) ? whole.replace(/ = .*$/, '') : whole;
}

function callOf({ parameters, type }: Callable, checker: Checker): string {
  const taken = parameters.map((parameter) => parameterOf(parameter, checker)).join(', ');
  return `(${taken})${type === undefined ? '' : `: ${flat(type.getText())}`}`;
}

/** What is taken apart at once is given as one; what has a default may be left out. */
function parameterOf(node: ParameterDeclaration, checker: Checker): string {
  const name = isIdentifier(node.name) ? node.name.getText() : 'options';
  const isOptional = node.questionToken !== undefined || node.initializer !== undefined;
  const inferred = checker.getTypeAtLocation(node);
  const type = node.type?.getText() ?? (inferred ? checker.typeToString(inferred) : 'unknown');
  return `${node.dotDotDotToken ? '...' : ''}${name}${isOptional ? '?' : ''}: ${flat(type)}`;
}

function flat(text: string): string {
  return text
    .replaceAll(/\/\*\*[\s\S]*?\*\/|\/\/.*$/gm, '')
    .replaceAll(/\s+/g, ' ')
    .replace(/;$/, '')
    .trim();
}
