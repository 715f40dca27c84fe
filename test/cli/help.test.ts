import { expect, test } from 'vitest';
import { exitCodes } from '../../src/cli/failure/exit-codes.js';
import { foldCommand } from '../../src/cli/help/fold-command.js';
import { builtConfig, helpText } from '../support/help.js';

const config = await builtConfig();
const commands = config.commands.map(({ id }) => id.replaceAll(':', ' '));
const topics = config.topics.map(({ name }) => name.replaceAll(':', ' '));

function tooWide(text: string): string[] {
  return text.split('\n').filter((line) => line.length > 80);
}

test('the first page names every topic and every command without a topic, and where to begin', async () => {
  const text = await helpText();
  expect(tooWide(text)).toEqual([]);
  const top = new Set([...commands, ...topics].map((name) => name.split(' ')[0] ?? ''));
  expect(top.size).toBeGreaterThan(10);
  for (const name of top) expect(text).toMatch(new RegExp(`^  ${name}  `, 'm'));
  const [, begin] = /FIRST STEPS\n(.*?)\n\n/s.exec(text) ?? [];
  expect(begin).toMatch(/^ {2}valet dev .*^ {2}valet projects create /ms);
  for (const word of ['VALET_URL', 'CONTROL_PLANE_SECRET', '--json', 'docs/cli.md']) expect(text).toContain(word);
});

test('the first page lists the exit codes that a command ends with by itself', async () => {
  const [, listed = ''] = /EXIT CODES\n(.*?)\n\n/s.exec(await helpText()) ?? [];
  const bySignal = 128;
  expect([...listed.matchAll(/^ +(\d+) /gm)].map(([, code]) => Number(code))).toEqual(
    Object.values(exitCodes).filter((code) => code < bySignal),
  );
});

test.each(topics)('%s --help fits 80 columns and begins with a sentence', async (topic) => {
  const text = await helpText(...topic.split(' '));
  expect(tooWide(text)).toEqual([]);
  expect(text.replace(/\s+/g, ' ')).toMatch(/^[A-Z][^.]*\. ?/);
  expect(text).toContain(`$ valet ${topic}`);
});

test.each(commands)('%s --help fits 80 columns, with one sentence, usage, flags and examples', async (command) => {
  const text = await helpText(...command.split(' '));
  expect(tooWide(text)).toEqual([]);
  const [sentence = ''] = text.split('\n\n');
  expect(sentence.replace(/\s+/g, ' ')).toMatch(/^[A-Z].*\.$/);
  expect(text).toMatch(new RegExp(`USAGE\\n {2}\\$ valet ${command}\\b`));
  const takesFlags = Object.keys(config.findCommand(command.replaceAll(' ', ':'))?.flags ?? {}).length > 0;
  expect(/FLAGS\n/.test(text)).toBe(takesFlags);
  expect(text).toMatch(new RegExp(`EXAMPLES\\n {2}\\$ .*valet ${command}\\b`));
});

test('a command line that is too long is folded before flags and pipes, and stays the same command', () => {
  const folded = foldCommand(`$ valet projects create demo --idempotency-key order-4711 --json | jq -r '.a | .b'`, 40);
  expect(folded).toBe(
    ['$ valet projects create demo \\', '    --idempotency-key order-4711 \\', '    --json \\', "    | jq -r '.a | .b'"]
      .join('\n')
      .replace('--json \\\n    |', '--json |'),
  );
});
