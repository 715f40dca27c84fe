import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse, request as sendHttp } from 'node:http';
import { request as sendHttps } from 'node:https';
import { buffer } from 'node:stream/consumers';
import { findOperation, nameOf } from '../published/operations.js';
import { judge } from './judge.js';

/** A request with this header is wrong on purpose: only its answer is judged. It goes no further than the recorder. */
export const oddHeader = 'x-contract-odd';

/** One exchange that passed, for whoever keeps account of what was created. */
export interface Passed {
  readonly method: string;
  /** With the query. */
  readonly url: string;
  readonly requestBody: string;
  readonly status: number;
  /** Of the answer, as text. */
  readonly body: string;
}

export interface ContractRecorder extends AsyncDisposable {
  /** In the place of the API's own address. */
  readonly url: string;
  /** What was not as published so far, each once. */
  readonly violations: readonly string[];
  /** Calls that succeeded at least once, as `nameOf` names them. */
  readonly succeeded: ReadonlySet<string>;
  /** How many exchanges passed. */
  readonly exchanges: number;
  /** @throws an Error that lists all violations, if there are any */
  expectPublished(): void;
}

/**
 * A real HTTP hop before the Machines API, emulated or not: everything passes unchanged, and every request and answer is held
 * against the published shapes.
 */
export async function recordContract(
  target: string,
  onPassed: (passed: Passed) => void = () => undefined,
): Promise<ContractRecorder> {
  const violations = new Set<string>();
  const succeeded = new Set<string>();
  let exchanges = 0;
  const server = createServer((request, response) => void pass(request, response));
  const pass = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      const { method = 'GET', url = '/' } = request;
      const body = await buffer(request);
      const answer = await passOn(new URL(target), request, body, response);
      exchanges += 1;
      const text = answer.body.toString('utf8');
      const { status } = answer;
      const odd = request.headers[oddHeader] !== undefined;
      const requestBody = body.toString('utf8');
      const faults = judge({ method, url, requestBody, status, answerBody: text, odd });
      for (const fault of faults) violations.add(fault);
      const operation = findOperation(method, url.split('?')[0] ?? '');
      if (operation !== undefined && status < 300) succeeded.add(nameOf(operation));
      onPassed({ method, url, requestBody, status, body: text });
      response.writeHead(status, answer.headers).end(answer.body);
    } catch {
      // A connection that broke behind breaks in front too.
      request.socket.destroy();
    }
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    get violations() {
      return [...violations];
    },
    succeeded,
    get exchanges() {
      return exchanges;
    },
    expectPublished() {
      if (violations.size === 0) return;
      throw new Error(`Not as published:\n${[...violations].map((each) => `- ${each}`).join('\n')}`);
    },
    async [Symbol.asyncDispose]() {
      const closed = once(server.close(), 'close');
      server.closeAllConnections();
      await closed;
    },
  };
}

/** @throws when the connection breaks, or the caller is gone */
async function passOn(target: URL, request: IncomingMessage, body: Buffer, response: ServerResponse) {
  const { method = 'GET', url: path = '/' } = request;
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const send = target.protocol === 'https:' ? sendHttps : sendHttp;
  const { [oddHeader]: _forUs, ...passed } = request.headers;
  // Answers are read on the way, so they may not be packed.
  const headers = { ...passed, host: target.host, 'accept-encoding': 'identity' };
  const port = target.port === '' ? undefined : Number(target.port);
  const options = { host: target.hostname, port, method, path, headers, agent: false, signal: gone.signal };
  const sent = send(options);
  sent.end(body);
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  return { status: answer.statusCode ?? 502, headers: answer.rawHeaders, body: await buffer(answer) };
}
