import { describe, expect, it } from 'vitest';
import { FlyClient } from '../../src/sdk/fly/client.js';
import { page, tableRows } from '../support/documents.js';
import { rows } from './rows.js';
import { scenarios } from './scenarios.js';

const emulatorPage = 'docs/emulator.md';
const known: readonly string[] = Object.keys(rows);
const covered: readonly string[] = scenarios.flatMap(({ covers }) => covers);

/** Ids that the page excuses: those in backticks in the first cell of a row. */
function excused(): readonly string[] {
  const cells = tableRows(page(emulatorPage)).map(([first = '']) => first);
  return cells.flatMap((cell) => [...cell.matchAll(/`((?:1\.2|1\.9|9)\/[^`]+|7\.\d+)`/g)].map(([, id = '']) => id));
}

describe('what is known of Fly', () => {
  it('is shown by a scenario, line by line, or excused in docs/emulator.md', () => {
    const shown = [...covered, ...excused()];
    expect(known.filter((id) => !shown.includes(id))).toEqual([]);
  });

  it('is excused only where no scenario shows it', () => {
    expect(excused().filter((id) => !known.includes(id) || covered.includes(id))).toEqual([]);
  });

  it('is met by every call of Valet’s client', () => {
    const runs = scenarios.map(({ run }) => run.toString());
    const calls = Object.getOwnPropertyNames(FlyClient.prototype).filter(
      (name) => !['constructor', 'close', 'waitingCalls'].includes(name),
    );
    expect(calls.filter((call) => !runs.some((run) => run.includes(`fly.${call}(`)))).toEqual([]);
  });

  it('is claimed by every scenario under a title of its own', () => {
    const titles = scenarios.map(({ title }) => title);
    expect(titles.filter((title, index) => titles.indexOf(title) !== index)).toEqual([]);
    expect(scenarios.filter(({ covers }) => covers.length === 0).map(({ title }) => title)).toEqual([]);
  });
});
