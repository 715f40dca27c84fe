import { spawnSync } from 'node:child_process';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { bashScript } from '../../src/cli/completion/bash.js';
import { fishScript } from '../../src/cli/completion/fish.js';
import { completionTree } from '../../src/cli/completion/tree.js';
import { zshScript } from '../../src/cli/completion/zsh.js';
import { valet } from '../support/cli.js';
import { builtConfig } from '../support/help.js';

const config = await builtConfig();
const places = completionTree(config);
const script = {
  bash: bashScript('valet', places),
  zsh: zshScript('valet', places),
  fish: fishScript('valet', places),
};

const isHere = (shell: string) => spawnSync(shell, ['-c', 'exit']).status === 0;

/** What is typed so far, and some of what must and must not be offered. */
const cases: readonly (readonly [typed: string, offered: readonly string[], not: readonly string[]])[] = [
  ['', ['projects', 'route', 'completion'], ['list']],
  ['proj', ['projects'], ['pool']],
  ['projects ', ['list', 'wake', 'events'], ['projects', 'plan']],
  ['projects w', ['wake'], ['list']],
  ['projects list --', ['--state', '--json', '--url', '--help'], ['--output']],
  ['projects list --state ', ['dormant', 'active'], ['ready', '--json']],
  ['projects list --state d', ['dormant', 'deleted'], ['active']],
  ['projects list --limit ', [], ['--json', 'list']],
  ['projects delete demo --d', ['--dry-run'], ['--yes']],
  ['projects get demo ', [], ['list', 'demo']],
  ['dev fly --pace ', ['instant', 'fly'], []],
  ['completion ', ['bash', 'zsh', 'fish'], []],
];

/** One shell for all cases: `offer` is a function that prints what is offered, one per line. */
async function offeredBy(shell: string, args: readonly string[], setUp: string, call: (typed: string) => string) {
  const calls = cases.map(([typed]) => `${call(typed)}; echo ---`);
  const { stdout } = await execa(shell, [...args, [setUp, ...calls].join('\n')], { timeout: 20_000 });
  return stdout.split('---\n').map((answer) => answer.split('\n').map((line) => line.trim()));
}

function expectOffers(answers: readonly (readonly string[])[]): void {
  for (const [index, [typed, offered, not]] of cases.entries()) {
    const answer = answers[index] ?? [];
    expect(answer, `after "valet ${typed}"`).toEqual(expect.arrayContaining([...offered]));
    expect(
      not.filter((word) => answer.includes(word)),
      `after "valet ${typed}"`,
    ).toEqual([]);
  }
}

test('bash completes commands, flags and their values, and starts no program for it', async () => {
  const setUp = `${script.bash}\nPATH=''\noffer() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _valet 2>/dev/null; printf '%s\\n' "\${COMPREPLY[@]}"; }`;
  const answers = await offeredBy('bash', ['--norc', '-c'], setUp, (typed) => `offer valet ${words(typed)}`);
  expectOffers(answers);
});

test('bash completes a value after = as well', async () => {
  const setUp = `${script.bash}\nCOMP_WORDS=(valet projects list --state = do); COMP_CWORD=5; _valet; echo "\${COMPREPLY[@]}"`;
  expect((await execa('bash', ['--norc', '-c', setUp])).stdout).toBe('dormant');
});

test('where a file is wanted, bash completes files', async () => {
  const offer = `compopt() { echo "compopt $*"; }\nCOMP_WORDS=(valet archives get 7 --output ''); COMP_CWORD=5; _valet`;
  expect((await execa('bash', ['--norc', '-c', `${script.bash}\n${offer}`])).stdout).toBe('compopt -o default');
});

test.skipIf(!isHere('zsh'))('zsh completes the same', async () => {
  const stubs = 'compdef() { }; compset() { }; _files() { echo files; }';
  const described = `_describe() { local entry; for entry in "\${(@P)2}"; do [[ $entry == "$PREFIX"* ]] && echo "\${entry%%:*}"; done; }`;
  const setUp = `${stubs}\n${described}\n${script.zsh}\noffer() { words=("$@"); CURRENT=$#; PREFIX=\${words[-1]}; _valet; }`;
  expectOffers(await offeredBy('zsh', ['-fc'], setUp, (typed) => `offer valet ${words(typed)}`));
});

test.skipIf(!isHere('fish'))('fish completes the same', async () => {
  const answers = await offeredBy(
    'fish',
    ['--no-config', '-c'],
    script.fish,
    (typed) => `complete -C 'valet ${typed}'`,
  );
  expectOffers(answers.map((answer) => answer.map((line) => line.split('\t')[0] ?? '')));
});

test('valet completion prints the script of that shell', async () => {
  expect(await valet(['completion', 'bash'])).toEqual({ exitCode: 0, stdout: script.bash.trimEnd(), stderr: '' });
});

test('every command and every flag is in every script', () => {
  for (const { id, flags } of config.commands) {
    const path = id.replaceAll(':', ' ');
    for (const text of Object.values(script)) expect(text).toContain(`'${path}`);
    for (const name of Object.keys(flags)) {
      expect(script.bash).toContain(`--${name}`);
      expect(script.zsh).toContain(`--${name}`);
      expect(script.fish).toContain(`-l ${name}`);
    }
  }
});

/** The last word may be empty: it is the one that is being typed. */
function words(typed: string): string {
  return typed
    .split(' ')
    .map((word) => `'${word}'`)
    .join(' ');
}
