import { spawnSync } from 'node:child_process';
import pLimit from 'p-limit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exitCodes } from '../../src/cli/failure/exit-codes.js';
import { type Example, ExampleShell, examples, parseOnly } from '../support/examples.js';
import { OwnTmp } from '../support/leftovers.js';
import { type LocalPlatform, runningPlatform } from '../support/running-platform.js';

/** These go on until they are ended, or start a platform of their own, and have tests of their own. */
const onlyParsed = ['serve', 'dev', 'watch'];
/** What changes things, in an order in which each finds what it needs; whatever is not named only looks. */
const acting = [
  'projects create',
  'projects hold',
  'projects archive',
  'projects undo',
  'archive it again',
  'projects restore',
  'projects wake',
  'pool pause',
  'pool resume',
  'pool replenish',
  'sweep run',
  'orphans keep',
  'orphans remove',
  'db migrate',
  'db accept-restore',
  'pool drain',
  'projects delete',
];
const archiveInExamples = '9f2c61d0aa41be57';
/** Else the doctor warns. */
const pinnedImage = `valet/project-server@sha256:${'a'.repeat(64)}`;
const urlInExamples = 'https://valet.example.com';

/** Where an example is told to end with something else than 0, and why. */
const endings: Readonly<Record<string, number>> = {
  // Nobody is there to be asked.
  'valet projects delete demo': exitCodes.usage,
  'valet pool drain': exitCodes.usage,
  'valet db accept-restore': exitCodes.usage,
  [`valet projects restore demo --archive ${archiveInExamples}`]: exitCodes.usage,
  'valet orphans remove 3d8d7949b0d089': exitCodes.usage,
  // There are no such orphans.
  'valet orphans keep 3d8d7949b0d089 vol_4qdoz2k7': exitCodes.partly,
};

const hasJq = spawnSync('jq', ['--version']).status === 0;
let platform: LocalPlatform;
let tmp: OwnTmp;
let shell: ExampleShell;

beforeAll(async () => {
  tmp = await OwnTmp.make();
  const settings = {
    WARM_POOL_SIZE: '2',
    VOLUME_KEEP_HOURS: '48',
    VALET_FLY_REGION: 'fra',
    VALET_FLY_IMAGE: pinnedImage,
  };
  platform = await runningPlatform(settings, 1);
  shell = await ExampleShell.in(tmp.dir, {
    ...platform.env,
    VALET_URL: platform.publicUrl,
    CONTROL_PLANE_SECRET: platform.secret,
  });
});

afterAll(async () => {
  await platform.stop();
  await tmp[Symbol.asyncDispose]();
});

const isParsedOnly = ({ command }: Example) => onlyParsed.includes(command.split(' ')[0] ?? '');
const running = examples.filter((example) => !isParsedOnly(example) && (hasJq || !example.text.includes('| jq')));

test('every command has examples, and they begin with it', () => {
  for (const { command, text } of examples) expect(text).toContain(`valet ${command}`);
});

test('the examples of what runs on are right for the flags that there are', async () => {
  const parsed = examples.filter(isParsedOnly);
  expect(parsed.map(({ command }) => command)).toEqual(expect.arrayContaining(['serve', 'dev']));
  for (const { command, text } of parsed) await parseOnly(command, await shell.words(text));
});

test('every example does what it says, in this order on one platform', { timeout: 240_000 }, async () => {
  for (const command of acting) {
    if (command === 'archive it again') await archived();
    for (const { text } of running.filter((example) => example.command === command)) {
      if (text.endsWith('--archive 9f2c61d0aa41be57 --yes')) await archived();
      await expectTrue(text);
    }
    // What only looks finds two projects, one of them with an archive.
    if (command === 'projects undo') await lookingOnes();
  }
});

async function lookingOnes(): Promise<void> {
  const limit = pLimit(3);
  const looking = running.filter(({ command }) => !acting.includes(command));
  expect(looking.length).toBeGreaterThan(20);
  await Promise.all(looking.map(({ text }) => limit(() => expectTrue(text))));
}

async function archived(): Promise<void> {
  expect(await shell.run('valet projects archive demo')).toMatchObject({ exitCode: 0 });
}

async function expectTrue(text: string): Promise<void> {
  const archive = text.includes(archiveInExamples) ? (await shell.run('valet archives list demo -q')).stdout : '';
  const here = text
    .replaceAll(archiveInExamples, archive.split('\n')[0] ?? '')
    .replaceAll(urlInExamples, platform.publicUrl);
  expect({ text, ...(await shell.run(here)) }).toMatchObject({ text, exitCode: endings[text] ?? 0 });
}
