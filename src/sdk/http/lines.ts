import { z } from 'zod';
import { TransportFault } from './fault.js';
import { problemSchema } from './problem.js';

/** One JSON document a line. Source of the name: github.com/ndjson/ndjson-spec */
export const linesMediaType = 'application/x-ndjson';

/** Lines of a stream of steps that are no steps. */
export const waitingLineSchema = z
  .object({ kind: z.literal('waiting') })
  .meta({ description: 'Nothing has happened for a while; it goes on.' });
export const failedLineSchema = z
  .object({ kind: z.literal('failed'), problem: problemSchema })
  .meta({ description: 'The last line, instead of `done`: what ended the operation.' });

/** The result of the largest sweep, every project of it failed, stays below. */
const maxLineBytes = 4 * 1024 * 1024;

/**
 * The lines of a body, each without its end, as they come. What follows the last line feed is a line that broke off.
 *
 * @throws TransportFault `too_large` for a longer line, `broken` for one that broke off
 */
export async function* linesOf(
  body: AsyncIterable<Uint8Array>,
  maxBytes = maxLineBytes,
): AsyncGenerator<string, void, undefined> {
  let rest: Buffer[] = [];
  let restBytes = 0;
  for await (const chunk of body) {
    let from = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, from)) {
      rest.push(Buffer.from(chunk.subarray(from, end)));
      yield Buffer.concat(rest).toString('utf8');
      rest = [];
      restBytes = 0;
      from = end + 1;
    }
    rest.push(Buffer.from(chunk.subarray(from)));
    restBytes += chunk.length - from;
    if (restBytes > maxBytes) throw new TransportFault('too_large', `a line is longer than ${maxBytes} bytes`);
  }
  if (restBytes > 0) throw new TransportFault('broken', 'the last line broke off');
}
