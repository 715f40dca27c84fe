import { Errors } from '@oclif/core';
import { type ErrorCode, ValetError } from '../../sdk/errors.js';
import type { Output } from '../environment.js';
import { Interrupted } from '../interruption.js';
import { prose } from '../text/prose.js';
import { type ExitCode, exitCodeOf, exitCodes } from './exit-codes.js';
import { OwnError } from './own-error.js';
import { isUnderWay, onlyLooks } from './under-way.js';
import { usageError } from './usage-error.js';

/** An error as a person or a script gets to see it. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly hint: string | undefined;
  readonly retryAfterSecs: number | undefined;
  readonly details: Readonly<Record<string, unknown>> | undefined;
  readonly exitCode: ExitCode;
}

/** @param id of the command, as oclif has it; empty for one that there is not */
export function failureOf(thrown: unknown, id: string, usageHint: string): Failure {
  if (thrown instanceof Interrupted) return ofInterrupted(thrown);
  if (thrown instanceof OwnError) {
    const { code, message, hint, exitCode } = thrown;
    return { ...nothingMore, code, message, hint, exitCode };
  }
  const error = thrown instanceof Errors.CLIError ? usageError(thrown, usageHint) : thrown;
  if (error instanceof ValetError) {
    const { code, message, retryAfterSecs, details } = error;
    const hint =
      isUnderWay(error) && !onlyLooks(id)
        ? [error.hint, lookFirst].join(' ').trim()
        : (spokenHints[code] ?? error.hint ?? ownHints[code]);
    return { code, message, hint, retryAfterSecs, details, exitCode: exitCodeOf(code) };
  }
  const message = error instanceof Error ? error.message : String(error);
  const hint = 'This was not foreseen. With DEBUG=1 in the environment the place in the code is shown.';
  return { ...nothingMore, code: 'internal', message, hint, exitCode: exitCodes.failed };
}

/** One sentence, what to do next, and the code to look up or to tell a colleague. */
export function failureText(failure: Failure, output: Pick<Output, 'columns'>): string {
  const wait = failure.retryAfterSecs === undefined ? [] : [`Try again in ${failure.retryAfterSecs} s.`];
  const hint = failure.hint === undefined ? [] : [failure.hint];
  const lines = [`Error: ${failure.message}`, ...hint, ...wait, `Code: ${failure.code}`];
  return `${prose(
    lines.flatMap((line) => line.split('\n')),
    output,
  )}\n`;
}

export type FailureJson = ReturnType<typeof failureJson>;

export function failureJson(failure: Failure) {
  const { code, message, hint, retryAfterSecs, details } = failure;
  return { error: { code, message, hint, retry_after_secs: retryAfterSecs, details } };
}

/** Where the connection was lost half-way. */
const lookFirst = 'A change that was asked for may have been made: look before you ask again.';

/** Instead of what the server says to those who speak HTTP. */
const spokenHints: Partial<Readonly<Record<ErrorCode, string>>> = {
  unauthorized: 'Set CONTROL_PLANE_SECRET to the secret of that `valet serve`; it may have been rotated.',
};

/** What only the command line can say. */
const ownHints: Partial<Readonly<Record<ErrorCode, string>>> = {
  project_not_found: '"valet projects list" shows those that there are.',
};

const nothingMore = { hint: undefined, retryAfterSecs: undefined, details: undefined };

function ofInterrupted(interrupted: Interrupted): Failure {
  const { message, exitCode, details } = interrupted;
  const hint = interrupted.hint ?? 'A wake or an archive that was begun is finished or undone by `valet serve`.';
  return { ...nothingMore, code: 'interrupted', message, hint, details, exitCode };
}
