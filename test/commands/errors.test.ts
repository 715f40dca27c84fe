import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import ProjectsGet from '../../src/commands/projects/get.js';
import ProjectsList from '../../src/commands/projects/list.js';
import { ValetError } from '../../src/sdk/errors.js';
import { runCommand } from '../support/commands.js';
import { FakeValet } from '../support/fake-valet.js';

function failing(error: Error): FakeValet {
  return new FakeValet({ projects: { get: () => Promise.reject(error) } });
}

const notFound = new ValetError('project_not_found', 'There is no project "demo".', {
  hint: 'See valet projects list.',
  details: { project_id: 'demo' },
});

test('an error is a sentence, a hint and a code on stderr, without a stack trace', async () => {
  const ran = await runCommand(ProjectsGet, ['demo'], { valet: failing(notFound) });
  expect(ran).toEqual({
    stdout: '',
    stderr: 'Error: There is no project "demo".\nSee valet projects list.\nCode: project_not_found\n',
    exitCode: 3,
  });
});

test('with --json the error is JSON on stdout', async () => {
  const ran = await runCommand(ProjectsGet, ['demo', '--json'], { valet: failing(notFound) });
  expect(ran).toMatchObject({ stderr: '', exitCode: 3 });
  const { code, message, hint, details } = notFound;
  expect(JSON.parse(ran.stdout)).toEqual({ error: { code, message, hint, details } });
});

test('an error that passes says when to try again', async () => {
  const busy = new ValetError('overloaded', 'Too many wakes.', { retryAfterSecs: 7 });
  const ran = await runCommand(ProjectsGet, ['demo'], { valet: failing(busy) });
  expect(ran).toMatchObject({ exitCode: 5, stderr: 'Error: Too many wakes.\nTry again in 7 s.\nCode: overloaded\n' });
});

test('an error that nobody foresaw is internal, and DEBUG shows its place', async () => {
  const quiet = await runCommand(ProjectsGet, ['demo'], { valet: failing(new TypeError('x is not a function')) });
  expect(quiet).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/^Error: x is not a function\n.*DEBUG=1/) });
  expect(quiet.stderr).not.toContain('    at ');
  const loud = await runCommand(ProjectsGet, ['demo'], { valet: failing(new TypeError('x')), env: { DEBUG: '1' } });
  expect(loud.stderr).toContain('    at ');
});

test.each([
  [[], 'What is missing: ID, the project.'],
  [['demo', 'more'], 'Unexpected argument: more.'],
  [['demo', '--nope'], 'There is no flag --nope here.'],
])('a wrong command line %j ends with 2 and points to the help', async (argv, message) => {
  const ran = await runCommand(ProjectsGet, argv, { valet: new FakeValet({}) });
  expect(ran.exitCode).toBe(2);
  expect(ran.stderr).toContain(message);
  expect(ran.stderr).toContain('--help');
  expect(ran.stderr).toContain('Code: request_invalid');
});

test('a flag outside its bounds is refused before anything is asked', async () => {
  const ran = await runCommand(ProjectsList, ['--limit', '501'], { valet: new FakeValet({}) });
  expect(ran).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('500') });
});

test('Valet is closed after an answer and after an error', async () => {
  const valet = failing(notFound);
  await runCommand(ProjectsGet, ['demo'], { valet });
  expect(valet.closed).toBe(1);
});

test('Ctrl-C aborts the call, closes Valet and ends with 130, however the call words it', async () => {
  const process = new EventEmitter();
  const get = async (_id: string, options?: { readonly signal?: AbortSignal }): Promise<never> => {
    process.emit('SIGINT', 'SIGINT');
    expect(options?.signal?.aborted).toBe(true);
    throw new ValetError('valet_unreachable', 'The request was aborted.');
  };
  const valet = new FakeValet({ projects: { get } });
  const ran = await runCommand(ProjectsGet, ['demo'], { valet, process });
  expect(ran).toMatchObject({ exitCode: 130, stderr: expect.stringContaining('Stopped by SIGINT.') });
  expect(valet.closed).toBe(1);
  expect(process.listenerCount('SIGINT')).toBe(0);
});
