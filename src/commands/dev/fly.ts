import { once } from 'node:events';
import { BaseCommand } from '../../cli/base-command.js';
import { flyReadyLine, flyScreen } from '../../cli/dev/fly-screen.js';
import { explainLocalFailure } from '../../cli/dev/local-failure.js';
import { flyFlags, flyOptions } from '../../cli/flags/fly.js';
import type { LocalFlyOptions } from '../../local/index.js';

export default class DevFly extends BaseCommand {
  static override summary = 'Run the emulated Fly alone, for your own tests and tools.';
  static override description =
    'Machines API, proxy and private network, on this computer until Ctrl-C. With --json one line on stdout says when they are ready and where: {"api", "proxy", "token"}.';
  static override examples = [
    '<%= config.bin %> dev fly',
    '<%= config.bin %> dev fly --port 4280 --token local --pace fly --rate-limits',
    `<%= config.bin %> dev fly --image "acme/web=node '$PWD/server.js'"`,
    '<%= config.bin %> dev fly --json --control-plane http://127.0.0.1:3000',
  ];

  static override flags = flyFlags;

  override async run(): Promise<void> {
    const { flags } = await this.parse(DevFly);
    using interruption = this.surroundings.interruption();
    const { signal } = interruption;
    const options: LocalFlyOptions = { ...flyOptions(flags), version: this.config.version, signal };
    const { startLocalFly } = await import('../../local/index.js');
    await using fly = await startLocalFly(options).catch((error: unknown) => {
      throw explainLocalFailure(error, { port: flags.port, 'proxy-port': flags['proxy-port'] }, signal);
    });
    // With --json too: whoever started us waits for this line.
    this.surroundings.stdout.write(`${this.jsonEnabled() ? flyReadyLine(fly) : flyScreen(fly)}\n`);
    if (!signal.aborted) await once(signal, 'abort');
    this.tell('stopping');
    await fly.stop();
    this.tell('stopped; nothing is left behind');
  }
}
