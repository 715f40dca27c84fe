import { once } from 'node:events';
import { Flags } from '@oclif/core';
import { BaseCommand } from '../../cli/base-command.js';
import { compact } from '../../cli/compact.js';
import { flyReadyLine, flyScreen } from '../../cli/fly-screen.js';
import { readImages } from '../../cli/image-flag.js';
import { explainLocalFailure } from '../../cli/local-failure.js';
import type { LocalFlyOptions } from '../../local/index.js';

const port = { min: 0, max: 65_535 };

export default class DevFly extends BaseCommand {
  static override description =
    'Run the emulated Fly alone: Machines API, proxy and private network, for your own tests and tools.';
  static override examples = [
    '<%= config.bin %> dev fly',
    '<%= config.bin %> dev fly --port 4280 --token local --pace fly --rate-limits',
    "<%= config.bin %> dev fly --image 'acme/web=node server.js'",
    '<%= config.bin %> dev fly --json    # one line when ready: {"api": …, "proxy": …, "token": …}',
  ];

  static override flags = {
    port: Flags.integer({ description: 'Port of the Machines API (default: a free one).', ...port }),
    'proxy-port': Flags.integer({ description: 'Port of the proxy (default: a free one).', ...port }),
    token: Flags.string({ description: 'What callers must send as bearer (default: made up).', helpValue: 'TOKEN' }),
    app: Flags.string({ description: 'An app that exists at the start.', default: 'valet-projects' }),
    org: Flags.string({ description: 'The organisation that the token belongs to.', default: 'personal' }),
    'control-plane-app': Flags.string({
      description: 'The app that answers every host name that names no app.',
      default: 'valet',
    }),
    'control-plane': Flags.url({
      description:
        "A program of yours that answers for that app, instead of the app's own machines; several are tried in turn.",
      helpValue: 'URL',
      multiple: true,
      default: [],
    }),
    image: Flags.string({
      description: 'What machines with this image run (default: the project server of Valet).',
      helpValue: 'NAME=COMMAND',
      multiple: true,
      default: [],
    }),
    pace: Flags.option({
      description: 'How long things take: as little as possible, or about as long as on Fly.',
      options: ['instant', 'fly'] as const,
      default: 'instant',
    })(),
    'rate-limits': Flags.boolean({
      description: 'Refuse more than 1 request a second per action and machine, as Fly does.',
    }),
  };

  override async run(): Promise<void> {
    const { flags } = await this.parse(DevFly);
    using interruption = this.surroundings.interruption();
    const { signal } = interruption;
    const options: LocalFlyOptions = {
      ...compact({ port: flags.port, proxyPort: flags['proxy-port'], token: flags.token }),
      app: flags.app,
      org: flags.org,
      controlPlane: { app: flags['control-plane-app'], urls: flags['control-plane'] },
      images: readImages(flags.image),
      pace: flags.pace,
      rateLimits: flags['rate-limits'],
      version: this.config.version,
      signal,
    };
    const { startLocalFly } = await import('../../local/index.js');
    await using fly = await startLocalFly(options).catch((error: unknown) => {
      throw explainLocalFailure(error, flags.port ?? 0, signal);
    });
    // With --json too: whoever started us waits for this line.
    this.surroundings.stdout.write(`${this.jsonEnabled() ? flyReadyLine(fly) : flyScreen(fly)}\n`);
    if (!signal.aborted) await once(signal, 'abort');
    this.tell('stopping');
    await fly.stop();
    this.tell('stopped; nothing is left behind');
  }
}
