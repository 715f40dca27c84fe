import { styleText } from 'node:util';
import type { Environment } from '../../sdk/config.js';
import type { CheckGroup, Diagnosis, Finding, VerdictName } from '../../sdk/doctor/finding.js';
import type { Output } from '../environment.js';
import { plain } from '../text/plain.js';

export interface DoctorStyle {
  readonly columns: number;
  readonly colours: boolean;
  /** Signs instead of words. */
  readonly signs: boolean;
}

const headings: Readonly<Record<CheckGroup, string>> = {
  configuration: 'Configuration',
  database: 'Database',
  serve: 'valet serve',
  fly: 'Fly',
  r2: 'R2',
  network: 'Private network',
  installation: 'Installation',
};

const marks: Readonly<Record<VerdictName, { sign: string; colour: 'green' | 'yellow' | 'red' | 'dim' }>> = {
  ok: { sign: '✓', colour: 'green' },
  warning: { sign: '!', colour: 'yellow' },
  failure: { sign: '✗', colour: 'red' },
  skipped: { sign: '-', colour: 'dim' },
};

const mostColumns = 80;
const leastTextColumns = 24;
const longestWord = 7;
const longestName = 18;

/** Signs need colours to be told apart at a glance, and a terminal that has the letters. */
export function styleFor(output: Output, env: Environment): DoctorStyle {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || '';
  const columns = Math.min(output.columns ?? mostColumns, mostColumns);
  return { columns, colours: output.colours, signs: output.colours && /utf-?8/i.test(locale) };
}

export function groupText(group: CheckGroup, isFirst: boolean): string {
  return `${isFirst ? '' : '\n'}${headings[group]}`;
}

/** A line or more: the verdict, the name, what was found, and below it how to mend it. */
export function findingText(finding: Finding, style: DoctorStyle): string {
  const { sign, colour } = marks[finding.verdict];
  const mark = style.signs ? sign : finding.verdict.padEnd(longestWord);
  const before = `  ${style.colours ? styleText(colour, mark, { validateStream: false }) : mark}  `;
  const beforeColumns = mark.length + 4;
  const indent = beforeColumns + longestName + 2;
  const width = Math.max(leastTextColumns, style.columns - indent);
  const lines = [
    ...wrapped(plain(finding.found), width),
    ...(finding.mend === null ? [] : wrapped(`Mend: ${plain(finding.mend)}`, width)),
  ];
  return lines
    .map((line, index) =>
      index === 0 ? `${before}${finding.name.padEnd(longestName)}  ${line}` : ' '.repeat(indent) + line,
    )
    .join('\n');
}

export function countsText({ ok, warning, failure, skipped }: Diagnosis['counts']): string {
  const counted = (count: number, one: string, many: string) => `${count} ${count === 1 ? one : many}`;
  const parts = [
    counted(ok, 'ok', 'ok'),
    counted(warning, 'warning', 'warnings'),
    counted(failure, 'failure', 'failures'),
    counted(skipped, 'skipped', 'skipped'),
  ];
  return `${parts.join(', ')}.`;
}

/** At spaces; a word that is longer than a line has one of its own. */
function wrapped(text: string, width: number): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1) ?? '';
    if (last === '') lines[lines.length - 1] = word;
    else if (last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
