import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { z } from 'zod';
import { resultOf } from '../../sdk/follow.js';
import { failedLineSchema, linesMediaType, waitingLineSchema } from '../../sdk/http/lines.js';
import { toProblem } from '../problem.js';
import { addVary } from './caching.js';
import { understood } from './errors.js';

type Line = z.infer<typeof waitingLineSchema> | z.infer<typeof failedLineSchema>;

export interface LineParts {
  readonly log: Logger;
  /** Silence lasts no longer. */
  readonly heartbeatMs: number;
}

/** Every line that an operation of such steps may send. */
export function lineSchemaOf(step: z.ZodType): z.ZodType {
  return z.union([step, waitingLineSchema, failedLineSchema]);
}

/**
 * Answers an operation: its result, or to who accepts lines each of its steps as it happens. What fails before the first
 * line is an ordinary problem.
 */
export async function sendSteps<Result>(
  steps: AsyncIterable<{ readonly kind: string } | { readonly kind: 'done'; readonly result: Result }>,
  request: FastifyRequest,
  reply: FastifyReply,
  parts: LineParts,
): Promise<Result | undefined> {
  addVary(reply, 'Accept');
  if (!wantsLines(request.headers.accept)) return resultOf(steps);
  const lines = withHeartbeat(steps, parts.heartbeatMs);
  const first = await lines.next();
  // Until all of it is written: a handler that ends before would be taken for one that forgot to answer.
  await reply
    .headers({ 'content-type': linesMediaType, 'cache-control': 'no-store', 'x-accel-buffering': 'no' })
    .send(Readable.from(written(first, lines, request, parts.log), { objectMode: false, highWaterMark: 1 }));
  return undefined;
}

function wantsLines(accept: string | undefined): boolean {
  return accept?.toLowerCase().includes(linesMediaType) ?? false;
}

/** The steps, and a line between them whenever nothing has happened for so long: proxies cut silent connections. */
async function* withHeartbeat<Step>(steps: AsyncIterable<Step>, everyMs: number): AsyncGenerator<Step | Line, void> {
  const iterator = steps[Symbol.asyncIterator]();
  try {
    let next = iterator.next();
    for (;;) {
      const got = await within(next, everyMs);
      if (got === undefined) yield { kind: 'waiting' };
      else if (got.done === true) return;
      else {
        yield got.value;
        next = iterator.next();
      }
    }
  } finally {
    await iterator.return?.();
  }
}

async function within<T>(promise: Promise<T>, limitMs: number): Promise<T | undefined> {
  const enough = new AbortController();
  const silence = sleep(limitMs, undefined, { signal: enough.signal }).catch(() => undefined);
  try {
    return await Promise.race([promise, silence]);
  } finally {
    enough.abort();
  }
}

async function* written<Step>(
  first: IteratorResult<Step, void>,
  rest: AsyncIterable<Step>,
  request: FastifyRequest,
  log: Logger,
): AsyncGenerator<string, void> {
  try {
    if (first.done !== true) yield lineOf(first.value);
    for await (const step of rest) yield lineOf(step);
  } catch (thrown) {
    const { error, status } = understood(thrown);
    if (error.code === 'internal') log.error({ request_id: request.id, err: thrown }, 'an operation broke off');
    yield lineOf({ kind: 'failed', problem: toProblem(error, status, request.id) });
  }
}

function lineOf(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}
