import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));

export interface Page {
  /** From the top of the checkout. */
  readonly path: string;
  readonly text: string;
}

export function page(path: string): Page {
  return { path, text: readFileSync(join(root, path), 'utf8') };
}

/** Everything that is written for people. */
export function allPages(): Page[] {
  return globSync(['*.md', 'docs/*.md'], { cwd: root }).sort().map(page);
}

/** The cells of every row of every table, heads and rules left out. */
export function tableRows({ text }: Page): string[][] {
  const lines = text.split('\n');
  const isRow = (line: string | undefined) => line?.startsWith('|') === true;
  const isRule = (line: string | undefined) => line !== undefined && /^\|[ :|-]+\|$/.test(line);
  return lines
    .filter((line, index) => isRow(line) && !isRule(line) && !isRule(lines[index + 1]))
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    );
}

/** What stands in backticks, and each line of the fenced blocks. */
export function codeIn({ text }: Page): string[] {
  const fences = [...text.matchAll(/^ *```\w*\n(.*?)^ *```$/gms)].flatMap(([, body = '']) => body.split('\n'));
  const prose = text.replace(/^ *```\w*\n.*?^ *```$/gms, '');
  const spans = [...prose.matchAll(/`([^`]+)`/g)].map(([, span = '']) => span);
  return [...fences, ...spans].map((code) => code.replace(/\s+/g, ' ').trim());
}

/** Links that lead nowhere: to no file, or to no heading of the page. */
export function brokenLinks({ path, text }: Page): string[] {
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
  return targets
    .filter((target) => !/^https?:/.test(target))
    .filter((target) => {
      const [file = '', anchor] = target.split('#', 2);
      const found = file === '' ? path : join(dirname(path), file);
      if (!existsSync(join(root, found))) return true;
      return anchor !== undefined && !anchorsOf(page(found)).includes(anchor);
    });
}

/** As GitHub makes them: lower case, without punctuation, a hyphen for each space. */
function anchorsOf({ text }: Page): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w\s-]/g, '')
      .replace(/\s/g, '-'),
  );
}
