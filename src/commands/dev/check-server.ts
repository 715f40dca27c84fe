import { Args } from '@oclif/core';
import { BaseCommand } from '../../cli/base-command.js';
import { explainCheckFailure } from '../../cli/dev/check-server-failure.js';
import { exitCodes } from '../../cli/failure/exit-codes.js';
import { checkFlags, checkOptions } from '../../cli/flags/check-server.js';
import { checkView } from '../../cli/views/check-report.js';
import type { CheckReport, CheckServerOptions } from '../../local/index.js';
import { ValetError } from '../../sdk/errors.js';

export default class DevCheckServer extends BaseCommand {
  static override summary = 'Hold a project server to the machine protocol.';
  static override description =
    'Configures the server for a made-up project and replaces its data. The secret is read from VALET_INTERNAL_SECRET, which must be the same in the environment of the server. Ends with 1 if anything that a server must do does not hold.';
  static override examples = [
    '<%= config.bin %> dev check-server http://127.0.0.1:3000',
    '<%= config.bin %> dev check-server http://127.0.0.1:3000 --write-path "/kv/{n}"',
    '<%= config.bin %> dev check-server http://127.0.0.1:3000 --restart ./restart.sh',
    "<%= config.bin %> dev check-server http://127.0.0.1:3000 --json | jq '.ok'",
  ];

  static override args = { url: Args.string({ description: 'Where the server listens.', required: true }) };
  static override flags = checkFlags;

  override async run(): Promise<CheckReport> {
    const { args, flags } = await this.parse(DevCheckServer);
    const options = checkOptions(args.url, flags);
    const secret = this.secret();
    using interruption = this.surroundings.interruption();
    const { signal } = interruption;
    const report = await this.check({ ...options, secret, signal }, flags.restart, flags['restart-timeout'] * 1000);
    this.print(checkView(report, this.surroundings.stdout.columns));
    if (!report.ok) this.surroundings.exitWith(exitCodes.failed);
    return report;
  }

  private async check(options: CheckServerOptions, command: string | undefined, timeoutMs: number) {
    const { checkServer, runRestartCommand } = await import('../../local/index.js');
    const { signal = new AbortController().signal } = options;
    const restart = command === undefined ? undefined : () => runRestartCommand(command, timeoutMs, signal);
    const onStart: CheckServerOptions['onStart'] = ({ projectId, kind }) =>
      this.tell(`${options.url}: a ${kind} server. It becomes project ${projectId}, and its data is replaced.`);
    const onScene: CheckServerOptions['onScene'] = (name) => this.tell(`checking ${name}`);
    return checkServer({ ...options, restart, onStart, onScene }).catch((error: unknown) => {
      throw explainCheckFailure(error);
    });
  }

  /** From the environment alone: a command line can be read by every user of the computer. */
  private secret(): string {
    const secret = this.surroundings.env.VALET_INTERNAL_SECRET;
    if (secret) return secret;
    throw new ValetError('unauthorized', 'VALET_INTERNAL_SECRET is not set.', {
      hint: 'Set it to the secret that the server has in its environment under this name.',
    });
  }
}
