import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { maxStopMs } from '../../src/cli/serve-until-stopped.js';
import { allVariables } from '../../src/sdk/config/variables.js';
import { readConfig } from '../../src/sdk/config.js';
import { page, root } from '../support/documents.js';

const toml = page('fly.toml').text;
const section = (name: string) => toml.split(`\n[${name}]\n`)[1]?.split(/\n\[/)[0] ?? '';
const valueAt = (key: string) => new RegExp(`^${key} = "?([^"\\n]+)"?$`, 'm').exec(toml)?.[1];
const settings = Object.fromEntries(
  [...section('env').matchAll(/^(\w+) = "(.*)"$/gm)].map(([, name = '', value = '']) => [name, value]),
);
const named = (name: string) => allVariables.find((variable) => variable.name === name);

function exampleOf(name: string): string {
  if (name.startsWith('DATABASE_')) return 'postgres://valet@db.example.com/valet';
  return name === 'VALET_SEAL_KEYS' ? Buffer.alloc(32).toString('base64') : 'secret-of-the-example';
}

describe('fly.toml', () => {
  it('sets only variables that there are', () => {
    expect(Object.keys(settings).length).toBeGreaterThan(5);
    expect(Object.keys(settings).filter((name) => named(name) === undefined)).toEqual([]);
  });

  it('is with the secrets that it names a whole configuration', () => {
    const [, list = ''] = /`fly secrets set`: (.+?)\.\n/s.exec(toml) ?? [];
    const secrets = [...list.matchAll(/[A-Z][A-Z0-9_]+/g)].map(([name]) => [name, exampleOf(name)]);
    expect(readConfig({ ...settings, ...Object.fromEntries(secrets) })).toMatchObject({
      core: { environment: 'production', host: '::' },
    });
  });

  it('leads to the ports that are the defaults', () => {
    expect(valueAt('internal_port')).toBe(named('CONTROL_PLANE_PORT')?.default);
    expect(valueAt('port')).toBe(named('CONTROL_PLANE_PRIVATE_PORT')?.default);
  });

  it('gives a stop more time than it takes at worst', () => {
    expect(Number(valueAt('kill_timeout')) * 1000).toBeGreaterThan(maxStopMs + 5_000);
  });

  it('migrates before a release with a command that there is', () => {
    expect(valueAt('release_command')).toBe('node bin/run.js db migrate');
    expect(existsSync(`${root}src/commands/db/migrate.ts`)).toBe(true);
  });
});

describe('the Dockerfile', () => {
  it('copies only what there is and what .dockerignore lets through', () => {
    const allowed = page('.dockerignore')
      .text.split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));
    const copied = [...page('Dockerfile').text.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, list = '']) =>
      list.split(' '),
    );
    expect(copied.toSorted()).toEqual(allowed.toSorted());
    expect(copied.filter((path) => !existsSync(root + path))).toEqual([]);
  });

  it('runs as a user without rights', () => {
    expect(page('Dockerfile').text).toMatch(/^USER node$/m);
  });
});
