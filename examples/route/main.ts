// Routes the requests of projects inside of somebody else's node:http server: Fly's proxy delivers to the machine that the
// header `fly-replay` names.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import {
  createControlPlane,
  decide,
  isValetError,
  type ParsedRoute,
  type ProjectTarget,
  parseRoute,
  readConfig,
  replayHeader,
  type Serving,
} from 'valet';

const maxWaitMs = 30_000;

const config = readConfig(process.env);
const valet = await createControlPlane(config);
const serving = await valet.openServing();

const server = createServer((request, response) => {
  const parsed = parseRoute(request.headers.host, request.url ?? '/', config.routing.domain);
  void answer(parsed, request, response, serving).catch((error: unknown) => fail(response, error));
});

async function answer(parsed: ParsedRoute, request: IncomingMessage, response: ServerResponse, { routes }: Serving) {
  if (parsed.kind === 'own') return response.end('This is the rest of the program.\n');
  if (parsed.kind !== 'project') return response.writeHead(400).end('There is no such host.\n');
  const [view] = await routes.readAll([parsed.id]);
  // Fly refuses a second replay of a request that came back.
  const returned = request.headers['fly-replay-failed'] !== undefined;
  const decision = decide(parsed.id, view, { returned, observer: false });
  switch (decision.kind) {
    case 'replay':
      return response.writeHead(200, { 'fly-replay': replayHeader(decision.machine) }).end();
    case 'wake':
    case 'hold':
      return response.writeHead(200, { 'fly-replay': await whenAwake(parsed, response) }).end();
    case 'not_found':
      return response.writeHead(404).end(`${decision.reason}\n`);
    default:
      return response.writeHead(503, { 'retry-after': '5' }).end(`${decision.reason}\n`);
  }
}

/** Any number of requests share one wake; one that goes away leaves it to the others. */
async function whenAwake({ id }: ProjectTarget, response: ServerResponse): Promise<string> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const view = await serving.waker.awake(id, { timeoutMs: maxWaitMs, signal: gone.signal });
  const decision = decide(id, view);
  if (decision.kind !== 'replay') throw new Error(decision.reason);
  return replayHeader(decision.machine);
}

function fail(response: ServerResponse, error: unknown): void {
  const retryAfterSecs = isValetError(error) ? (error.retryAfterSecs ?? 5) : 5;
  response.writeHead(503, { 'retry-after': String(retryAfterSecs) }).end('Not now.\n');
}

server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => console.log(JSON.stringify(server.address())));

process.once('SIGTERM', async () => {
  server.close();
  server.closeAllConnections();
  await valet[Symbol.asyncDispose]();
});
