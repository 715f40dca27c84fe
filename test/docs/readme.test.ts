import { expect, it } from 'vitest';
import { story } from '../../src/local/demo/story.js';
import { page } from '../support/documents.js';

const readme = page('README.md').text;

it('the README begins with one sentence and the two commands', () => {
  const [, sentence = '', commands = ''] = /^# Valet\n\n(.+?)\n\n```sh\n(.+?)```/s.exec(readme) ?? [];
  expect(sentence).toMatch(/^[^.]+(\.io)?[^.]+\.$/);
  expect(commands).toBe('npm ci && npm run demo\nnpm run dev\n');
});

it('the README shows the steps of the demo as they are', () => {
  const shown = [...readme.matchAll(/^✓ (\d)\/(\d) (.+?) {2}\d+ ms$/gm)].map(([, n, of, name]) => [n, of, name]);
  expect(shown).toEqual(story.map(({ name }, index) => [String(index + 1), String(story.length), name]));
});

it('the changelog opens with what is unreleased', () => {
  expect(/^## (.+)$/m.exec(page('CHANGELOG.md').text)?.[1]).toBe('Unreleased');
});
