import type { SweepResult } from '../sdk/resources.js';
import { type ExitCode, exitCodes } from './failure/exit-codes.js';

/**
 * What a sweep that has run says by its exit code. Nothing to do is as good as done, unless somebody wants to tell them
 * apart: a scheduled job must not fail for it. One that another kept from running has not done what it was asked for.
 */
export function sweepExit({ skipped, archived, kept, failed }: SweepResult, detailed: boolean): ExitCode {
  if (failed.length > 0) return exitCodes.partly;
  if (skipped !== null) return exitCodes.temporary;
  const isNothing = archived.length + kept.length === 0;
  return detailed && isNothing ? exitCodes.nothing : exitCodes.ok;
}
