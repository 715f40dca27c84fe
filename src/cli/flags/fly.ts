import { Flags, type Interfaces } from '@oclif/core';
import { ValetError } from '../../sdk/errors.js';
import { compact } from '../compact.js';
import { readImages } from './image.js';

const port = { min: 0, max: 65_535, helpValue: 'N' };

export const flyFlags = {
  port: Flags.integer({ description: 'Port of the Machines API (default: a free one).', ...port }),
  'proxy-port': Flags.integer({ description: 'Port of the proxy (default: a free one).', ...port }),
  token: Flags.string({ description: 'What callers must send as bearer (default: made up).', helpValue: 'TOKEN' }),
  app: Flags.string({
    description: 'An app that is there at the start.',
    helpValue: 'NAME',
    default: 'valet-projects',
  }),
  org: Flags.string({
    description: 'The organisation that the token belongs to.',
    helpValue: 'NAME',
    default: 'personal',
  }),
  'control-plane-app': Flags.string({
    description: 'The app that answers every host name but those of other apps.',
    helpValue: 'NAME',
    default: 'valet',
  }),
  'control-plane': Flags.string({
    description:
      'A program of yours that answers for the control plane app instead of its machines; several take turns.',
    helpValue: 'URL',
    multiple: true,
  }),
  image: Flags.string({
    description: "What machines with this image run, on the port in $PORT (default: Valet's project server).",
    helpValue: 'NAME=COMMAND',
    multiple: true,
  }),
  pace: Flags.option({
    description: 'How long things take: no longer than they must, or about as long as on Fly.',
    options: ['instant', 'fly'] as const,
    default: 'instant',
  })(),
  'rate-limits': Flags.boolean({
    description: "Hold callers to Fly's limits: for most calls 1 a second for each machine, 3 at once.",
  }),
};

/**
 * What the flags ask of the emulated Fly.
 * @throws ValetError `request_invalid`
 */
export function flyOptions(flags: Interfaces.InferredFlags<typeof flyFlags>) {
  const { port, 'proxy-port': proxyPort, token, app, org, 'control-plane-app': controlPlaneApp } = flags;
  if (port !== undefined && port !== 0 && port === proxyPort) {
    throw invalid(`--port and --proxy-port are both ${port}.`, 'They must differ; 0 takes a free one.');
  }
  if (token !== undefined) checkToken(token);
  checkNames({ app, org, 'control-plane-app': controlPlaneApp });
  return {
    ...compact({ port, proxyPort, token }),
    app,
    org,
    controlPlane: { app: controlPlaneApp, urls: (flags['control-plane'] ?? []).map(controlPlaneUrl) },
    images: readImages(flags.image ?? []),
    pace: flags.pace,
    rateLimits: flags['rate-limits'],
  };
}

/** RFC 6750, section 2.1 */
function checkToken(token: string): void {
  if (/^[A-Za-z0-9._~+/-]{1,1000}=*$/.test(token)) return;
  throw invalid('--token cannot be sent as bearer.', 'Letters, digits and the characters . _ ~ + / - make one.');
}

/** They stand in host names and paths. */
function checkNames(names: Readonly<Record<string, string>>): void {
  for (const [flag, name] of Object.entries(names)) {
    if (/^[a-z0-9][a-z0-9-]{0,62}$/.test(name)) continue;
    const hint = 'Small letters, digits and hyphens make a name, 63 at most; it begins with no hyphen.';
    throw invalid(`--${flag} ${shown(name)} is no name.`, hint);
  }
}

function controlPlaneUrl(text: string): URL {
  const url = URL.parse(text);
  if (url !== null && url.protocol === 'http:' && url.href === `${url.origin}/`) return url;
  const hint = 'The proxy speaks to it without TLS and passes every path on as it is.';
  throw invalid(`--control-plane ${shown(text)} is not http://HOST:PORT.`, hint);
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 60));
}

function invalid(message: string, hint: string): ValetError {
  return new ValetError('request_invalid', message, { hint });
}
