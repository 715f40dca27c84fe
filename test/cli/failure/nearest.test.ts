import { expect, test } from 'vitest';
import { nearest, nearestPhrase } from '../../../src/cli/failure/nearest.js';
import { guessCommands } from '../../../src/cli/failure/unknown-command.js';

const known = ['projects', 'projects list', 'projects get', 'archives', 'archives list', 'route', 'dev', 'dev fly'];
const words = known.map((name) => name.split(' '));

test.each([
  ['stat', 'state'],
  ['Limti', 'limit'],
  ['dormnt', 'dormant'],
  ['xyz', undefined],
])('%s is near to %s', (typed, meant) => {
  expect(nearest(typed, ['state', 'limit', 'dormant', 'waking'])).toBe(meant);
});

test.each([
  ['project list', ['projects list']],
  ['projects lsit demo', ['projects list']],
  ['projcts', ['projects']],
  ['archvie list', ['archives list']],
  ['list', ['projects list', 'archives list']],
  ['get demo', ['projects get']],
  ['dev flye', ['dev fly']],
  ['xyzzy', []],
])('"%s" was meant as %j', (typed, meant) => {
  expect(guessCommands(typed.split(' '), words).map((guess) => guess.join(' '))).toEqual(meant);
});

test('what is there already is not guessed again', () => {
  expect(nearestPhrase(['dev'], [['dev']])).toBeUndefined();
});
