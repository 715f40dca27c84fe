import { styleText } from 'node:util';
import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { table } from '../../../src/cli/text/table.js';

const green = (text: string) => styleText('green', text, { validateStream: false });
const columns = [
  { head: 'ID', cell: (row: readonly string[]) => row[0] ?? '' },
  { head: 'STATE', cell: (row: readonly string[]) => row[1] ?? '', colour: green },
  { head: 'WHY', cell: (row: readonly string[]) => row[2] ?? '' },
];
const long = 'a reason that goes on for longer than any terminal of eighty columns is wide, and then some more';

function draw(rows: readonly (readonly string[])[], width: number | undefined, colours = false): string {
  return table(rows, columns, { write: () => undefined, columns: width, colours });
}

test('columns line up, without lines and without spaces at the end', () => {
  expect(
    draw(
      [
        ['demo', 'active', ''],
        ['a-longer-id', 'dormant', 'idle'],
      ],
      80,
    ),
  ).toBe(['ID           STATE    WHY', 'demo         active', 'a-longer-id  dormant  idle'].join('\n'));
});

test('on a terminal the widest column is cut so that no line is wider than it', () => {
  const lines = draw([['demo', 'active', long]], 80).split('\n');
  expect(Math.max(...lines.map((line) => line.length))).toBe(80);
  expect(lines[1]).toMatch(/^demo {2}active {2}a reason .*…$/);
});

test('when piped nothing is cut', () => {
  expect(draw([['demo', 'active', long]], undefined)).toContain(long);
});

test('colours are used only where they are wanted', () => {
  expect(draw([['demo', 'active', '']], 80, true)).toContain(green('active'));
  expect(draw([['demo', 'active', '']], 80, false)).not.toContain('\u001b');
});

test('control characters in data do not reach the terminal', () => {
  const drawn = draw([['demo', 'active', '\u001b[31mred\u001b]0;title\u0007\nline']], undefined);
  expect(drawn.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  expect(drawn.split('\n')).toHaveLength(2);
});

test('wide letters and emoji take their two columns, and are cut by them', () => {
  const rows = [
    ['日本語', 'active', long],
    ['demo', 'dormant', '🚀 away'],
  ];
  const piped = draw(rows, undefined).split('\n');
  expect(piped[1]).toBe(`日本語  active   ${long}`);
  expect(piped[2]).toBe('demo    dormant  🚀 away');
  for (const line of draw(rows, 40).split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(40);
});

test('a terminal of 40 columns still shows the beginning of every column', () => {
  const lines = draw([['a-project-with-a-long-name', 'archiving', long]], 40).split('\n');
  expect(Math.max(...lines.map((line) => line.length))).toBe(40);
  expect(lines).toEqual([
    expect.stringMatching(/^ID +STATE +WHY$/),
    expect.stringMatching(/^a-proj.* archiving +a rea.*…$/),
  ]);
});

test('where not even six letters of each column fit, lines grow longer rather than empty', () => {
  const [, line = ''] = draw([['a-project-with-a-long-name', 'archiving', long]], 10).split('\n');
  expect(line).toMatch(/^a-pro… {2}archi… {2}a rea…$/);
});
