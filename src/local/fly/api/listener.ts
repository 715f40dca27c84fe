import { randomBytes } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { newUlid } from '../ids.js';
import { FlyRefusal, refusalOf } from '../refusal.js';
import { nearestRegion } from '../regions.js';
import { type Outcome, send, shown } from './outcome.js';

/** What is done about a request. The signal aborts when the caller is gone. @throws FlyRefusal instead of an outcome */
export type Perform = (request: IncomingMessage, signal: AbortSignal) => Promise<Outcome>;

/** Whatever happens while a request is served, it is answered or cut, and the server goes on. */
export function listenerOf(perform: Perform, onLog: (line: string) => void): RequestListener {
  return (request, response) => void serve(perform, onLog, request, response);
}

async function serve(
  perform: Perform,
  onLog: (line: string) => void,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  for (const [name, value] of traceHeaders()) response.setHeader(name, value);
  try {
    const outcome = await perform(request, gone.signal).catch((error: unknown) => {
      const lost = gone.signal.aborted || (request.destroyed && !request.complete);
      return lost ? cut : refused(error, onLog);
    });
    onLog(`${request.method} ${request.url?.split('?')[0]} ${shown(outcome)}`);
    send(response, outcome);
  } catch (error) {
    if (response.headersSent) response.destroy();
    else send(response, refused(error, onLog));
  }
}

const cut: Outcome = { kind: 'cut' };

/** What is no refusal is a fault of the emulator's, and its log says so. */
function refused(error: unknown, onLog: (line: string) => void): Outcome {
  if (error instanceof FlyRefusal) {
    return { kind: 'answer', answer: { status: error.statusCode, body: error.body, headers: error.headers } };
  }
  const what = error instanceof Error ? error.message : String(error);
  try {
    onLog(`fault of the emulator: ${what}`);
  } catch {
    // Whoever listens to the log has failed: there is nobody to tell.
  }
  const { statusCode, body } = refusalOf('500-internal', { what });
  return { kind: 'answer', answer: { status: statusCode, body } };
}

/** Source: github.com/superfly/fly-go, flaps; the shape of the request id as seen live. */
export function traceHeaders(): readonly (readonly [string, string])[] {
  return [
    // Of the computer's time: they tell requests apart, whatever the clock of the platform says.
    ['fly-request-id', `${newUlid(Date.now())}-${nearestRegion}`],
    ['fly-trace-id', randomBytes(16).toString('hex')],
    ['fly-span-id', randomBytes(8).toString('hex')],
  ];
}
