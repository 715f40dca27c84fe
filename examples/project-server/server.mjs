// A whole project server in one file: a guest book, and the machine protocol of docs/machine-protocol.md.
import { createHash } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { text } from 'node:stream/consumers';

const { PORT = '3000', VALET_DATA_DIR = '/data', VALET_INTERNAL_SECRET } = process.env;
const file = (name) => join(VALET_DATA_DIR, name);
const fresh = { project_id: null, epoch: 0, quiesced: null, restored: null };
let state = existsSync(file('state.json')) ? JSON.parse(readFileSync(file('state.json'), 'utf8')) : fresh;
let database = state.project_id === null ? null : new DatabaseSync(file('book.sqlite'));
let lastUse = null;

class Refusal extends Error {
  constructor(status, code, more = {}) {
    super(code);
    Object.assign(this, { status, body: { code, detail: code, ...more } });
  }
}

/** On disk when it returns. */
function keep(change) {
  state = { ...state, ...change };
  writeFileSync(file('state.new'), JSON.stringify(state));
  const opened = openSync(file('state.new'), 'r+');
  fsyncSync(opened);
  closeSync(opened);
  renameSync(file('state.new'), file('state.json'));
}

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
function remove(name) {
  for (const suffix of ['', '-wal', '-shm']) rmSync(file(name) + suffix, { force: true });
}

function tablesOf(open) {
  const names = open.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").all();
  return Object.fromEntries(
    names.map(({ name }) => [name, open.prepare(`SELECT count(*) AS n FROM "${name}"`).get().n]),
  );
}

function configure({ project_id, deploy_key }, epoch) {
  if (typeof project_id !== 'string' || typeof deploy_key !== 'string') throw new Refusal(400, 'request_invalid');
  if (state.project_id !== null && state.project_id !== project_id) throw new Refusal(409, 'other_project');
  admit(epoch);
  database ??= new DatabaseSync(file('book.sqlite'));
  database.exec('CREATE TABLE IF NOT EXISTS book (entry TEXT NOT NULL); PRAGMA journal_mode = WAL');
  database.exec('CREATE TABLE IF NOT EXISTS _valet (project_id TEXT NOT NULL, epoch INTEGER NOT NULL)');
  if (tablesOf(database)._valet === 0) database.prepare('INSERT INTO _valet VALUES (?, ?)').run(project_id, epoch);
  keep({ project_id });
  return { project_id, epoch };
}

async function archive({ r2_key, upload_url }, epoch) {
  if (typeof r2_key !== 'string' || !URL.canParse(upload_url)) throw new Refusal(400, 'request_invalid');
  if (state.project_id === null) throw new Refusal(409, 'not_configured');
  admit(epoch);
  keep({ quiesced: epoch });
  const copy = `copy-${epoch}.sqlite`;
  remove(copy);
  database.prepare('VACUUM INTO ?').run(file(copy));
  const body = readFileSync(file(copy));
  remove(copy);
  const answer = await fetch(upload_url, { method: 'PUT', body }).catch(() => ({ ok: false }));
  if (!answer.ok) throw new Refusal(502, 'upload_failed');
  const told = { size: body.length, tables: tablesOf(database), sha256: sha256(body) };
  const manifest = { format: 1, project_id: state.project_id, epoch, created_at: new Date().toISOString(), ...told };
  return { r2_key, r2_checksum: told.sha256, size: told.size, manifest };
}

async function restore({ r2_key, r2_checksum, download_url }, epoch) {
  if (typeof r2_checksum !== 'string' || !URL.canParse(download_url)) throw new Refusal(400, 'request_invalid');
  if (state.project_id === null) throw new Refusal(409, 'not_configured');
  admit(epoch);
  if (state.restored === epoch) return { r2_key, r2_checksum };
  const bytes = await fetch(download_url)
    .then((answer) => (answer.ok ? answer.arrayBuffer() : Promise.reject(answer)))
    .then(Buffer.from)
    .catch(() => Promise.reject(new Refusal(502, 'download_failed')));
  if (sha256(bytes) !== r2_checksum) throw new Refusal(422, 'checksum_mismatch');
  writeFileSync(file('new.sqlite'), bytes);
  inspect('new.sqlite');
  admit(epoch);
  database.close();
  remove('book.sqlite');
  renameSync(file('new.sqlite'), file('book.sqlite'));
  database = new DatabaseSync(file('book.sqlite'));
  keep({ restored: epoch });
  return { r2_key, r2_checksum };
}

function inspect(name) {
  try {
    const found = new DatabaseSync(file(name), { readOnly: true });
    const [check, owner] = ['PRAGMA quick_check', 'SELECT project_id FROM _valet'].map((sql) =>
      found.prepare(sql).get(),
    );
    found.close();
    if (check.quick_check === 'ok' && owner.project_id === state.project_id) return;
  } catch {}
  throw new Refusal(422, 'archive_damaged');
}

function resume(_, epoch) {
  if (state.quiesced !== null && epoch <= state.quiesced) throw new Refusal(409, 'stale_epoch', { epoch: state.epoch });
  admit(epoch);
  keep({ quiesced: null });
  return { project_id: state.project_id, epoch };
}

/** Written before anything is done: an older decision loses. */
function admit(epoch) {
  if (epoch < state.epoch) throw new Refusal(409, 'stale_epoch', { epoch: state.epoch });
  keep({ epoch });
}

function status() {
  const quiesced = state.quiesced !== null;
  const { project_id, epoch } = state;
  const tables = database && tablesOf(database);
  return { project_id, epoch, quiesced, serving: project_id !== null && !quiesced, last_activity_at: lastUse, tables };
}

const posts = { configure, 'archive-to-r2': archive, 'restore-from-r2': restore, resume };

async function internal(request) {
  if (request.headers.authorization !== `Bearer ${VALET_INTERNAL_SECRET}`) throw new Refusal(401, 'unauthorized');
  const name = request.url.slice('/internal/'.length);
  if (name === 'status' && request.method === 'GET') return status();
  if (!Object.hasOwn(posts, name)) throw new Refusal(404, 'not_found');
  if (request.method !== 'POST') throw new Refusal(405, 'method_not_allowed');
  if (Number(request.headers['content-length'] ?? 0) > 65_536) throw new Refusal(413, 'body_too_large');
  if (!/^\d{1,15}$/.test(request.headers['valet-epoch'])) throw new Refusal(400, 'epoch_required');
  const body = await text(request)
    .then(JSON.parse)
    .catch(() => null);
  if (typeof body !== 'object' || body === null) throw new Refusal(400, 'request_invalid');
  return posts[name](body, Number(request.headers['valet-epoch']));
}

async function project(request) {
  if (state.project_id === null || state.quiesced !== null) throw new Refusal(503, 'quiesced');
  if (!request.headers['fly-replay-src']?.includes('state=observer')) lastUse = new Date().toISOString();
  if (request.method === 'PUT') {
    const entry = await text(request);
    if (state.quiesced !== null) throw new Refusal(503, 'quiesced');
    database.prepare('INSERT INTO book VALUES (?)').run(entry);
  }
  return { entries: database.prepare('SELECT count(*) AS n FROM book').get().n };
}

const server = createServer(async (request, response) => {
  const answer = request.url.startsWith('/internal/') ? internal(request) : project(request);
  const send = (code, body) => {
    const wait = code === 503 ? { 'retry-after': '1' } : {};
    response.writeHead(code, { 'content-type': 'application/json', ...wait }).end(JSON.stringify(body));
  };
  await answer
    .then((body) => send(200, body))
    .catch((error) => send(error.status ?? 500, error.body ?? { code: 'internal' }));
});
server.listen(Number(PORT), '::', () => process.stdout.write(`${JSON.stringify({ port: server.address().port })}\n`));
