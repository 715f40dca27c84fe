import { Flags, type Interfaces } from '@oclif/core';
import { ValetError } from '../../sdk/errors.js';

/** In the order of a run. */
export const checkGroups = [
  'status',
  'secrets',
  'configure',
  'epochs',
  'archive',
  'quiesced',
  'resume',
  'restore',
  'restarts',
  'at-once',
  'activity',
  'paths',
  'bodies',
] as const;

export const checkFlags = {
  'write-path': Flags.string({
    description: 'Where a PUT is kept in the database; {n} is replaced each time.',
    helpValue: '/kv/{n}',
  }),
  path: Flags.string({ description: 'What people ask the project for.', helpValue: 'PATH', default: '/' }),
  restart: Flags.string({ description: 'Restarts the server with the same data, and ends.', helpValue: 'COMMAND' }),
  'restart-timeout': Flags.integer({
    description: 'Seconds that the command may take.',
    helpValue: 'SECS',
    default: 60,
    min: 1,
    max: 3600,
  }),
  listen: Flags.string({
    description: 'Where the server puts archives and reports activity.',
    helpValue: 'HOST:PORT',
    default: '127.0.0.1:0',
  }),
  'public-url': Flags.string({
    description: 'How the server reaches that, if by another address.',
    helpValue: 'URL',
  }),
  project: Flags.string({
    description: 'The project that the server is already. Its data is lost.',
    helpValue: 'ID',
    dependsOn: ['epoch'],
  }),
  epoch: Flags.integer({
    description: 'The largest epoch that it has seen.',
    helpValue: 'N',
    min: 0,
    dependsOn: ['project'],
  }),
  timeout: Flags.integer({ description: 'Seconds for each call.', helpValue: 'SECS', default: 10, min: 1, max: 600 }),
  only: Flags.option({
    description: 'Judge only this group of claims; may be given several times.',
    options: checkGroups,
    multiple: true,
  })(),
};

/**
 * What the flags ask of a check.
 * @throws ValetError `request_invalid`
 */
export function checkOptions(url: string, flags: Interfaces.InferredFlags<typeof checkFlags>) {
  const { project, epoch, only, timeout, path, 'write-path': writePath, 'public-url': publicUrl } = flags;
  if (writePath !== undefined && !writePath.includes('{n}')) {
    throw invalid('--write-path has no {n}.', 'Each write needs a path of its own, such as /kv/{n}.');
  }
  return {
    url: checkedUrl(url, 'URL'),
    publicUrl: publicUrl === undefined ? undefined : checkedUrl(publicUrl, '--public-url'),
    path,
    writePath,
    listen: parseListen(flags.listen),
    owned: project === undefined || epoch === undefined ? undefined : { projectId: project, epoch },
    timeoutMs: timeout * 1000,
    only,
  };
}

function parseListen(text: string): { readonly host: string; readonly port: number } {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || Number(port) > 65_535) {
    throw invalid(`${JSON.stringify(text.slice(0, 80))} is no HOST:PORT.`, 'Such as 0.0.0.0:9400 or [::]:9400.');
  }
  return { host, port: Number(port) };
}

function checkedUrl(text: string, what: string): string {
  const url = URL.parse(text);
  if (url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '') return text;
  throw invalid(`${what} must be an http or https address without a password.`, 'Such as http://127.0.0.1:3000.');
}

function invalid(message: string, hint: string): ValetError {
  return new ValetError('request_invalid', message, { hint });
}
