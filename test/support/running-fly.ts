import { z } from 'zod';
import { RunningValet } from './cli.js';

const readyLine = z.strictObject({ api: z.url(), proxy: z.url(), token: z.string() });

/** A built `valet dev fly --json` that has said where it is; calls of the Machines API go to one of its apps. */
export class RunningFly implements AsyncDisposable {
  readonly valet: RunningValet;
  readonly url: string;
  readonly token: string;
  readonly app: string;
  readonly proxyPort: number;

  private constructor(valet: RunningValet, app: string) {
    const { api, proxy, token } = readyLine.parse(JSON.parse(valet.said));
    this.valet = valet;
    this.url = api;
    this.token = token;
    this.app = app;
    this.proxyPort = Number(new URL(proxy).port);
  }

  /** @param args those of `valet dev fly`, but for `--json` and `--app` */
  static async start(args: readonly string[] = [], app = 'projects'): Promise<RunningFly> {
    const valet = await RunningValet.start(['dev', 'fly', '--json', '--app', app, ...args]);
    try {
      await valet.says('\n');
      return new RunningFly(valet, app);
    } catch (error) {
      await valet[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** The same emulator, seen from another of its apps. */
  at(app: string) {
    return { url: this.url, token: this.token, app };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.valet[Symbol.asyncDispose]();
  }
}
