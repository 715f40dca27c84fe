import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';

export interface RawCall {
  readonly method: string;
  /** As it goes over the wire: nothing is normalised. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const hangsAfterMs = 10_000;

/** One request, byte for byte as wanted. @throws when the connection breaks or nothing comes back in time */
export async function rawCall(url: string, call: RawCall): Promise<{ readonly status: number; readonly text: string }> {
  const { hostname, port } = new URL(url);
  const { method, path, headers = {}, body } = call;
  const signal = AbortSignal.timeout(hangsAfterMs);
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const sent = request({ hostname, port, method, path, headers: { ...headers, ...length }, agent: false, signal });
  sent.end(body);
  const [answer] = (await once(sent, 'response', { signal })) as [IncomingMessage];
  return { status: answer.statusCode ?? 0, text: await text(answer) };
}
