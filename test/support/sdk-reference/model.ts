import { join } from 'node:path';
import { SyntaxKind } from 'typescript/unstable/ast';
import {
  isClassDeclaration,
  isFunctionDeclaration,
  isInterfaceDeclaration,
  isTypeAliasDeclaration,
} from 'typescript/unstable/ast/is';
import {
  API,
  type Checker,
  NodeBuilderFlags,
  type Project,
  SymbolFlags,
  type Symbol as TsSymbol,
} from 'typescript/unstable/sync';
import { root } from '../documents.js';
import { functionSignature, isPublicMember, type MemberNode, memberSignature, nameOf } from './signatures.js';

/** What can be imported from one entry point, as the compiler sees it. */
export interface Exported {
  readonly name: string;
  /** Below `src`, with slashes. */
  readonly file: string;
  readonly kind: 'function' | 'class' | 'interface' | 'type' | 'constant';
  /** The declaration without its body. */
  readonly signature: string;
  readonly doc: Doc;
  readonly members: readonly Member[];
  /** `z.infer<typeof projectSchema>`: the fields are those of that schema, as they are read or as they are given. */
  readonly schema: { readonly name: string; readonly io: 'input' | 'output' } | undefined;
}

export interface Member {
  readonly signature: string;
  readonly isMethod: boolean;
  readonly doc: Doc;
}

export interface Doc {
  readonly text: string;
  readonly tags: readonly { readonly name: string; readonly text: string }[];
}

const wholeTypes = NodeBuilderFlags.NoTruncation | NodeBuilderFlags.InTypeAlias;

/** The exports of these files, each file's in alphabetical order. */
export function readExports(files: readonly string[]): readonly (readonly Exported[])[] {
  const api = new API({ cwd: root });
  try {
    const [project] = api.updateSnapshot({ openProjects: [join(root, 'tsconfig.build.json')] }).getProjects();
    if (project === undefined) throw new Error('The compiler has opened no project.');
    return files.map((file) => exportsOf(project, join(root, file)));
  } finally {
    api.close();
  }
}

function exportsOf(project: Project, path: string): readonly Exported[] {
  const { checker, program } = project;
  const file = program.getSourceFile(path);
  const module = file && checker.getSymbolAtLocation(file);
  if (module === undefined) throw new Error(`${path} is no module.`);
  return checker
    .getExportsOfModule(module)
    .map((symbol) => (symbol.flags & SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol))
    .map((symbol) => exportedOf(project, symbol))
    .toSorted((one, other) => (one.name.toLowerCase() < other.name.toLowerCase() ? -1 : 1));
}

function exportedOf(project: Project, symbol: TsSymbol): Exported {
  const { checker } = project;
  const [handle] = symbol.declarations;
  const node = handle?.resolve(project);
  if (handle === undefined || node === undefined) throw new Error(`${symbol.name} is declared nowhere.`);
  const { name } = symbol;
  const from = handle.path.slice(handle.path.toLowerCase().lastIndexOf('/src/') + '/src/'.length);
  const told = { name, file: from, doc: docOf(symbol, checker), members: [], schema: undefined };
  if (isFunctionDeclaration(node))
    return { ...told, kind: 'function', signature: functionSignature(name, node, checker) };
  if (isTypeAliasDeclaration(node)) {
    const written = node.type.getText();
    const schema = schemaIn(written);
    // A schema that is not public says nothing; what comes of it does.
    const isHidden = schema === undefined && /\bz\./.test(written);
    const text = isHidden ? checker.typeToString(checker.getDeclaredTypeOfSymbol(symbol), node, wholeTypes) : written;
    return {
      ...told,
      kind: 'type',
      signature: `type ${name} =${text.startsWith('|') ? '\n ' : ''} ${text}`,
      schema,
    };
  }
  if (isInterfaceDeclaration(node) || isClassDeclaration(node)) {
    const kind = isClassDeclaration(node) ? 'class' : 'interface';
    const heritage = (node.heritageClauses ?? []).map((clause) => ` ${clause.getText()}`).join('');
    const members = node.members.filter(isPublicMember).map((member) => documented(member, checker));
    return { ...told, kind, signature: `${kind} ${name}${heritage}`, members };
  }
  const type = checker.getTypeOfSymbol(symbol);
  return { ...told, kind: 'constant', signature: `const ${name}: ${type ? checker.typeToString(type) : 'unknown'}` };
}

function documented(member: MemberNode, checker: Checker): Member {
  const isMethod = member.kind === SyntaxKind.MethodSignature || member.kind === SyntaxKind.MethodDeclaration;
  const symbol = checker.getSymbolAtLocation(nameOf(member) ?? member);
  const doc = symbol === undefined ? { text: '', tags: [] } : docOf(symbol, checker);
  return { signature: memberSignature(member, checker), isMethod, doc };
}

function docOf(symbol: TsSymbol, checker: Checker): Doc {
  const tags = symbol.getJsDocTags(checker).map(({ name, text }) => ({ name, text: oneLine(text ?? '') }));
  return { text: oneLine(symbol.getDocumentationComment(checker)), tags };
}

/** Source lines are broken where they end; in Markdown a paragraph is one line. */
function oneLine(text: string): string {
  return text
    .split(/\n\n+/)
    .map((paragraph) => paragraph.replaceAll(/\s*\n\s*/g, ' ').trim())
    .join('\n\n');
}

function schemaIn(text: string): Exported['schema'] {
  const [, how, name] = /^z\.(infer|input)<typeof (\w+)>$/.exec(text) ?? [];
  if (name === undefined) return undefined;
  return { name, io: how === 'input' ? 'input' : 'output' };
}
