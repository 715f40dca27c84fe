import type { ServerResponse } from 'node:http';
import type { ApiAnswer } from './router.js';

/** How a request ends. */
export type Outcome =
  | { readonly kind: 'answer'; readonly answer: ApiAnswer }
  /** A text as it is, whatever the API would have said. */
  | {
      readonly kind: 'text';
      readonly status: number;
      readonly contentType: string;
      readonly text: string;
      /** More than there is of the text: the connection is cut after it. */
      readonly announcedBytes?: number;
    }
  /** The connection is cut. */
  | { readonly kind: 'cut' };

/** For the log. */
export function shown(outcome: Outcome): string {
  if (outcome.kind === 'cut') return 'cut';
  return String(outcome.kind === 'answer' ? outcome.answer.status : outcome.status);
}

export const jsonType = 'application/json; charset=utf-8';

/** @throws when the answer cannot be written as JSON, or a header is none */
export function send(response: ServerResponse, outcome: Outcome): void {
  if (response.destroyed) return;
  if (outcome.kind === 'cut') response.destroy();
  else if (outcome.kind === 'answer') sendAnswer(response, outcome.answer);
  else {
    const sentBytes = Buffer.byteLength(outcome.text);
    const { announcedBytes = sentBytes } = outcome;
    response.writeHead(outcome.status, { 'content-type': outcome.contentType, 'content-length': announcedBytes });
    if (announcedBytes > sentBytes) response.write(outcome.text, () => response.socket?.destroySoon());
    else response.end(outcome.text);
  }
}

function sendAnswer(response: ServerResponse, { status, headers, body }: ApiAnswer): void {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const own = text === undefined ? {} : { 'content-type': jsonType, 'content-length': Buffer.byteLength(text) };
  response.writeHead(status, { ...own, ...headers }).end(text);
}
