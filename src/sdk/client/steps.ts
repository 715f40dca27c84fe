import { z } from 'zod';
import { errorFrom } from '../http/error-from-problem.js';
import { TransportFault } from '../http/fault.js';
import { linesMediaType, linesOf } from '../http/lines.js';
import type { ValetHttp } from '../http/valet-http.js';

export interface StepsCall<Schema extends z.ZodType> {
  readonly path: string;
  readonly body?: unknown;
  readonly step: Schema;
  readonly signal: AbortSignal | undefined;
}

const brokenHint = 'What was under way is finished and nothing more is begun. Look at what it did, and run it again.';
/** What every line has: enough to tell those that are no steps. */
const lineSchema = z.looseObject({ kind: z.string(), problem: z.unknown().optional() });

/**
 * An operation that tells its steps, one a line. It may last as long as it likes, since the server is never silent for
 * long. Leaving the loop ends the connection, and with it the operation.
 *
 * @throws ValetError what ended the operation; `valet_unreachable` when the answer broke off
 */
export async function* stepsOver<Schema extends z.ZodType<{ readonly kind: string }>>(
  http: ValetHttp,
  { path, body, step, signal }: StepsCall<Schema>,
): AsyncGenerator<z.output<Schema>, void, undefined> {
  const answer = await http.download({ method: 'POST', path, body, accept: linesMediaType, brokenHint, signal });
  try {
    for await (const text of linesOf(answer.body)) {
      const line = http.understood(json(text), lineSchema);
      if (line.kind === 'waiting') continue;
      if (line.kind === 'failed') throw errorFrom(200, line.problem, http.url);
      const told = http.understood(line, step);
      yield told;
      if (told.kind === 'done') return;
    }
  } catch (thrown) {
    if (!(thrown instanceof TransportFault)) throw thrown;
    throw http.broken(thrown.message, brokenHint, thrown);
  }
  throw http.broken('it has no last step', brokenHint);
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
