import CliTable from 'cli-table3';
import stringWidth from 'string-width';
import type { Output } from '../environment.js';
import { plain } from './plain.js';

export interface Column<Row> {
  readonly head: string;
  /** The text of a cell. Untrusted: control characters are taken out. */
  readonly cell: (row: Row) => string;
  readonly colour?: (text: string) => string;
}

const gap = 2;
const narrowest = 6;
const noLines = Object.fromEntries(
  ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right']
    .concat(['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'])
    .map((place) => [place, '']),
);

/** Columns without lines. On a terminal the widest are cut to fit it; when piped nothing is cut. */
export function table<Row>(rows: readonly Row[], columns: readonly Column<Row>[], output: Output): string {
  const texts = rows.map((row) => columns.map((column) => plain(column.cell(row))));
  const natural = columns.map((column, index) => widest([column.head, ...texts.map((cells) => cells[index] ?? '')]));
  const fits = output.columns === undefined || lineWidth(natural) <= output.columns;
  const drawn = new CliTable({
    chars: noLines,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': gap, compact: true },
    // Where all fits, nothing is given that could cut a cell.
    colWidths: fits ? [] : shrink(natural, output.columns ?? 0).map((width) => width + gap),
    head: columns.map((column) => column.head),
  });
  drawn.push(...texts.map((cells) => cells.map((text, index) => paint(text, columns[index], output))));
  return drawn.toString().replace(/ +$/gm, '');
}

function paint<Row>(text: string, column: Column<Row> | undefined, output: Output): string {
  return output.colours && column?.colour !== undefined ? column.colour(text) : text;
}

function widest(texts: readonly string[]): number {
  return Math.max(...texts.map((text) => stringWidth(text)));
}

function lineWidth(widths: readonly number[]): number {
  return widths.reduce((total, width) => total + width, gap * (widths.length - 1));
}

/** Takes one character at a time from the widest column, until all fit or none can give more. */
function shrink(natural: readonly number[], terminalColumns: number): number[] {
  const widths = [...natural];
  for (let width = lineWidth(widths); width > terminalColumns; width--) {
    const largest = Math.max(...widths);
    if (largest <= narrowest) break;
    widths[widths.lastIndexOf(largest)] = largest - 1;
  }
  return widths;
}
