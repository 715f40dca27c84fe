import { once } from 'node:events';
import { Flags } from '@oclif/core';
import { BaseCommand } from '../../cli/base-command.js';
import { demoLine } from '../../cli/dev/demo-line.js';
import { explainLocalFailure } from '../../cli/dev/local-failure.js';
import { devScreen } from '../../cli/dev/screen.js';
import { exitCodes } from '../../cli/failure/exit-codes.js';
import { readSettings, settingsFlag } from '../../cli/flags/settings.js';
import type { ToldDemo } from '../../local/index.js';

const defaultPort = 8080;

export default class Dev extends BaseCommand {
  static override description =
    'Run the whole platform on this computer, with no account anywhere: PostgreSQL, object store, an emulated Fly, two `valet serve`.';
  static override examples = [
    '<%= config.bin %> dev',
    '<%= config.bin %> dev --port 9000 --set WARM_POOL_SIZE=4',
    '<%= config.bin %> dev --demo',
    "<%= config.bin %> dev --demo --json | jq '.ok'",
  ];

  static override flags = {
    demo: Flags.boolean({ description: 'Tell the main job as a story, prove each step, and end.' }),
    port: Flags.integer({
      description: `Where the platform is reached (default: ${defaultPort}); 0 takes a free one.`,
      min: 0,
      max: 65_535,
      exclusive: ['demo'],
    }),
    set: settingsFlag,
  };

  override async run(): Promise<ToldDemo | undefined> {
    const { flags } = await this.parse(Dev);
    using interruption = this.surroundings.interruption();
    const settings = readSettings(flags.set);
    const { signal } = interruption;
    // Awaited here: returned as a promise, it would go on without anybody who receives signals.
    return await (flags.demo
      ? this.demo(settings, signal)
      : this.keepRunning(flags.port ?? defaultPort, settings, signal));
  }

  private async demo(settings: Record<string, string>, signal: AbortSignal): Promise<ToldDemo> {
    const { runDemo } = await import('../../local/index.js');
    const report = await runDemo({
      settings,
      signal,
      onStart: (what) => this.progress(`starting ${what}`),
      onStep: (step, number, of) => {
        const line = demoLine(step, number, of);
        if (this.jsonEnabled()) this.progress(line);
        else this.print(line);
      },
    }).catch((error: unknown) => {
      throw explainLocalFailure(error, {}, signal);
    });
    signal.throwIfAborted();
    this.print(report.ok ? `\nEvery step held, in ${(report.ms / 1000).toFixed(1)} s.` : '\nThe story broke.');
    if (report.ok) return report;
    for (const complaint of report.complaints) this.progress(complaint);
    this.surroundings.exitWith(exitCodes.failed);
    return report;
  }

  private async keepRunning(port: number, settings: Record<string, string>, signal: AbortSignal): Promise<undefined> {
    const { startPlatform } = await import('../../local/index.js');
    const onStep = (what: string) => this.progress(`starting ${what}`);
    const platform = await startPlatform({ port, settings, signal, onStep }).catch((error: unknown) => {
      throw explainLocalFailure(error, { port }, signal);
    });
    this.print(devScreen(platform));
    if (!signal.aborted) await once(signal, 'abort');
    this.progress('stopping');
    await platform.stop();
    this.progress('stopped; nothing is left behind');
  }

  /** On stderr also with --json: a start takes some seconds. */
  private progress(text: string): void {
    this.surroundings.stderr.write(`${text}\n`);
  }
}
