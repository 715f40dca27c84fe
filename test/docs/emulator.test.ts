import { describe, expect, it } from 'vitest';
import DevFly from '../../src/commands/dev/fly.js';
import { likelyAnswers } from '../../src/local/fly/unconfirmed.js';
import { page } from '../support/documents.js';
import { type TestFlyEmulator, withFlyEmulator } from '../support/fly-emulator.js';
import { reach, startedMachine } from '../support/fly-machines.js';

const sections = page('docs/emulator.md').text.split(/^##+ /m);

function section(title: string): string {
  const found = sections.find((one) => one.startsWith(title));
  if (found === undefined) throw new Error(`The page has no section "${title}".`);
  return found;
}

/** What stands in backticks in one cell of each row of the section's table. */
function codesIn(title: string, cell: number): string[] {
  const rows = section(title)
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| ---'));
  return rows.flatMap((line) =>
    [...(line.split('|')[cell + 1] ?? '').matchAll(/`([^`]+)`/g)].map(([, code = '']) => code),
  );
}

interface Curl {
  readonly line: string;
  readonly method: string;
  readonly path: string;
  readonly body: string | undefined;
}

function curlsIn(text: string): readonly Curl[] {
  const found = text.matchAll(/^curl -H "\$A" (?:-X (\w+) )?\$E(\S*)(?: -d '([^']*)')?/gm);
  return [...found].map(([line, method, path = '', body]) => ({
    line,
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    path,
    body,
  }));
}

async function run(fly: TestFlyEmulator, { method, path, body }: Curl, machineId: string): Promise<number> {
  if (path.includes('ID')) {
    // What the line before has begun is to be over, and quickly.
    fly.pace.use('instant');
    await reach(fly, machineId, 'started');
  }
  const response = await fetch(`${fly.url}/_emulator${path.replace('ID', machineId)}`, {
    method,
    headers: { authorization: `Bearer ${fly.token}` },
    ...(body === undefined ? {} : { body }),
  });
  await response.text();
  return response.status;
}

describe('docs/emulator.md', () => {
  it('lists every switch for what is not confirmed, and no other', () => {
    expect(codesIn('Where Fly', 0).toSorted()).toEqual(Object.keys(likelyAnswers).toSorted());
  });

  it('lists the flags of valet dev fly', () => {
    const listed = codesIn('Start it', 0).map((code) => code.replace(/^--/, '').replace(/[ =].*$/, ''));
    expect([...new Set(listed)].toSorted()).toEqual(Object.keys(DevFly.flags).toSorted());
  });

  it('lists kinds of faults that there are, and all of them', async () => {
    await using fly = await withFlyEmulator();
    const unknown = await fetch(`${fly.url}/_emulator/faults`, {
      method: 'POST',
      headers: { authorization: `Bearer ${fly.token}` },
      body: JSON.stringify({ kind: 'none of them' }),
    });
    const [, known = ''] = /there are ([^.]+)\./.exec(await unknown.text()) ?? [];
    expect(codesIn('Faults', 0).toSorted()).toEqual(known.split(', ').toSorted());
  });

  it('shows calls of the control API that all succeed, one after the other', async () => {
    await using fly = await withFlyEmulator();
    const { id } = await startedMachine(fly, {}, { region: 'lhr' });
    const curls = curlsIn(section('The control API'));
    expect(curls.length).toBeGreaterThan(15);
    const refused: string[] = [];
    for (const curl of curls) if ((await run(fly, curl, id)) !== 200) refused.push(curl.line);
    expect(refused).toEqual([]);
  });
});
