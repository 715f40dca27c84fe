import { Command } from '@oclif/core';
import { processSurroundings, type Surroundings } from './environment.js';
import { type FailureJson, failureJson, failureOf, failureText } from './failure/failure.js';

/** Data goes to stdout, everything else to stderr; an error is a sentence, a hint and a code, never a stack trace. */
export abstract class BaseCommand extends Command {
  static override enableJsonFlag = true;

  protected readonly surroundings: Surroundings = processSurroundings();

  /** Writes data for people; with --json only what `run` returns is written. */
  protected print(text: string): void {
    if (!this.jsonEnabled()) this.surroundings.stdout.write(`${text}\n`);
  }

  /** Progress and remarks; never data. */
  protected tell(text: string): void {
    if (!this.jsonEnabled()) this.surroundings.stderr.write(`${text}\n`);
  }

  protected override logJson(json: unknown): void {
    this.surroundings.stdout.write(`${JSON.stringify(json, null, 2)}\n`);
  }

  protected logFailure(json: FailureJson): void {
    this.logJson(json);
  }

  protected override async catch(error: Error): Promise<void> {
    // In development oclif warns of commands that never parsed; a refused command line is not that.
    this.parsed = true;
    const { stderr, env } = this.surroundings;
    const { id = '' } = this;
    const failure = failureOf(error, id, `See "valet ${id.replaceAll(':', ' ')} --help".`);
    this.surroundings.exitWith(failure.exitCode);
    if (env.DEBUG) stderr.write(`${error.stack}\n`);
    if (this.jsonEnabled()) this.logFailure(failureJson(failure));
    else stderr.write(failureText(failure, stderr));
  }
}
