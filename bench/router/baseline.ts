// One plain server, as its own process: node bench/router/baseline.ts KIND [PROJECTS]. Tells its port by IPC.
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createWire, type Server } from 'node:net';
import pg from 'pg';
import { app, domain, machineId, projectId } from './names.ts';

const [kind = '', projects = '0'] = process.argv.slice(2);
const poolSize = 10;

function replayTo(flyId: string): string {
  return `instance=${flyId};app=${app};timeout=10s;fallback=prefer_self`;
}

function answer(response: ServerResponse, replay: string | undefined): void {
  if (replay === undefined) response.writeHead(404, { 'content-length': 0 });
  else response.writeHead(200, { 'fly-replay': replay, 'cache-control': 'no-store', 'content-length': 0 });
  response.end();
}

/** What Node.js can do at most when nothing but sockets is involved: the ceiling of whoever asks. */
function wire(): Server {
  const bytes = Buffer.from(
    `HTTP/1.1 200 OK\r\nfly-replay: ${replayTo(machineId(0))}\r\nContent-Length: 0\r\n\r\n`,
    'latin1',
  );
  return createWire({ noDelay: true }, (socket) => {
    socket.on('data', () => socket.write(bytes));
    socket.on('error', () => socket.destroy());
  });
}

function constant(): Server {
  const replay = replayTo(machineId(0));
  return createServer((_request, response) => answer(response, replay));
}

function map(): Server {
  const replays = new Map<string, string>();
  for (let index = 0; index < Number(projects); index += 1) {
    replays.set(`${projectId(index)}.${domain}`, replayTo(machineId(index)));
  }
  return createServer((request, response) => answer(response, replays.get(request.headers.host ?? '')));
}

function openPool(): pg.Pool {
  return new pg.Pool({ connectionString: process.env.DATABASE_URL, max: poolSize });
}

/** A named statement: planned once for each connection. */
function query(): Server {
  const pool = openPool();
  const text = `select m.fly_id from projects p join machines m on m.id = p.machine_id and m.state = 'assigned'
                 where p.id = $1 and p.state = 'active'`;
  return createServer((request, response) => {
    const { host = '' } = request.headers;
    const statement = { name: 'one', text, values: [host.slice(0, host.indexOf('.'))] };
    void pool
      .query<{ fly_id: string }>(statement)
      .then(({ rows: [row] }) => answer(response, row && replayTo(row.fly_id)));
  });
}

/** One statement for all requests of one turn of the event loop. */
function turn(): Server {
  const pool = openPool();
  const text = `select p.id, m.fly_id from projects p join machines m on m.id = p.machine_id and m.state = 'assigned'
                 where p.id = any($1) and p.state = 'active'`;
  let waiting: { readonly id: string; readonly response: ServerResponse }[] = [];
  const send = async () => {
    const asked = waiting;
    waiting = [];
    const values = [asked.map(({ id }) => id)];
    const { rows } = await pool.query<{ id: string; fly_id: string }>({ name: 'many', text, values });
    const found = new Map(rows.map((row) => [row.id, row.fly_id]));
    for (const { id, response } of asked) {
      const flyId = found.get(id);
      answer(response, flyId && replayTo(flyId));
    }
  };
  return createServer((request, response) => {
    const { host = '' } = request.headers;
    waiting.push({ id: host.slice(0, host.indexOf('.')), response });
    if (waiting.length === 1) setImmediate(() => void send());
  });
}

const servers: Readonly<Record<string, () => Server>> = { wire, constant, map, query, turn };
const server = servers[kind]?.();
if (server === undefined) throw new Error(`There is no baseline "${kind}".`);
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
for (const event of ['disconnect', 'SIGTERM']) process.on(event, () => process.exit());
