import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ValetError } from '../../src/sdk/errors.js';
import { answeringValet } from '../support/answering-valet.js';
import { type ApiDocument, Conformance, documentOf, type Operation, operationsOf } from '../support/api-document.js';
import { sampleSweep } from '../support/fake-valet.js';
import { viewOf } from '../support/routing.js';
import { type Asked, ask, asOperator, startTestServer, type TestServer, TestServing } from '../support/server.js';

interface Sample {
  readonly good: Asked;
  readonly bad?: Asked;
  /** Where the good one would be answered from a cache. */
  readonly failing?: Asked;
}

/** A request of each operation that succeeds, and one that is not as it should be. */
const samples: Readonly<Record<string, Sample>> = {
  createProject: { good: { path: '/api/projects' }, bad: { body: { region: 'FRA' } } },
  deleteProject: { good: { path: '/api/projects/demo' }, bad: { path: '/api/projects/De_Mo' } },
  drainPool: { good: { path: '/api/pool/drain' }, bad: { body: { limit: 0 } } },
  explainProject: { good: { path: '/api/projects/demo/explain' }, bad: { path: '/api/projects/De_Mo/explain' } },
  explainRoute: {
    good: { path: '/api/route/demo' },
    bad: { path: `/api/route/${'a'.repeat(261)}` },
    failing: { path: '/api/route/unread' },
  },
  getHealth: { good: { path: '/health' } },
  getInstallation: { good: { path: '/api/installation' } },
  getOpenApi: { good: { path: '/api/openapi.json' } },
  getOverview: { good: { path: '/api/overview' } },
  getPool: { good: { path: '/api/pool' } },
  getServer: { good: { path: '/api/server' } },
  getProject: { good: { path: '/api/projects/demo' }, bad: { path: '/api/projects/De_Mo' } },
  holdProject: { good: { path: '/api/projects/demo/hold', body: { for_secs: 60 } }, bad: { body: { for_secs: -1 } } },
  keepOrphans: { good: { path: '/api/orphans/keep', body: { ids: ['a'] } }, bad: { body: { ids: [] } } },
  listArchives: {
    good: { path: '/api/projects/demo/archives' },
    bad: { path: '/api/projects/demo/archives?limit=0' },
  },
  listEvents: { good: { path: '/api/projects/demo/events' }, bad: { path: '/api/projects/demo/events?page=2' } },
  listMachines: { good: { path: '/api/machines' }, bad: { path: '/api/machines?state=asleep' } },
  listOrphans: { good: { path: '/api/orphans' } },
  listProjects: { good: { path: '/api/projects' }, bad: { path: '/api/projects?limit=501' } },
  pausePool: { good: { path: '/api/pool/pause' } },
  planSweep: { good: { path: '/api/sweep/plan' }, bad: { path: '/api/sweep/plan?limit=many' } },
  readArchive: { good: { path: '/api/archives/1/content' }, bad: { path: `/api/archives/${'1'.repeat(65)}/content` } },
  removeOrphans: { good: { path: '/api/orphans/remove', body: { ids: ['a'] } }, bad: { body: { ids: [7] } } },
  replenishPool: { good: { path: '/api/pool/replenish' } },
  reportActivity: { good: { path: '/api/projects/demo/activity' }, bad: { path: '/api/projects/De_Mo/activity' } },
  restoreProject: { good: { path: '/api/projects/demo/restore' }, bad: { body: { archive: '1' } } },
  resumePool: { good: { path: '/api/pool/resume' } },
  runSweep: { good: { path: '/api/sweep/run' }, bad: { body: { older_than_secs: null } } },
  undoProject: { good: { path: '/api/projects/demo/undo' }, bad: { path: '/api/projects/De_Mo/undo' } },
  archiveProject: { good: { path: '/api/projects/demo/archive' }, bad: { path: '/api/projects/De_Mo/archive' } },
  verifyArchive: { good: { path: '/api/archives/1/verify' }, bad: { path: `/api/archives/${'1'.repeat(65)}/verify` } },
  wakeProject: { good: { path: '/api/projects/demo/wake' }, bad: { path: '/api/projects/De_Mo/wake' } },
};

/** What Valet throws for an answer of that status. */
const faults: Readonly<Record<number, Error>> = {
  404: new ValetError('project_not_found', 'There is no project "demo".', { hint: 'Look at the list.' }),
  500: new Error('a fault'),
  502: new ValetError('fly_failed', 'Fly said no.', { details: { request_id: '01ABC' } }),
  503: new ValetError('database_unavailable', 'The database does not answer.', { retryAfterSecs: 2.5 }),
};

const { answers, failWith } = answeringValet();
const serving = new TestServing(answers, viewOf('demo'));
let bench: TestServer;
let document: ApiDocument;
let conformance: Conformance;

beforeAll(async () => {
  bench = await startTestServer(serving);
  document = await documentOf(bench.port);
  conformance = new Conformance(document);
});
afterAll(() => bench[Symbol.asyncDispose]());

function failEverywhere(fault: Error | undefined): void {
  failWith(fault);
  serving.activity.fault = fault;
  serving.routes.fault = fault;
}

/** One request that the operation answers with this status. */
async function provoke({ operationId, method }: Operation, status: number) {
  const { good = {}, bad, failing } = samples[operationId] ?? {};
  const send = (changes: Asked = {}) => ask(bench.port, { method, ...good, headers: asOperator, ...changes });
  const json = { ...asOperator, 'content-type': 'application/json' };
  if (status < 300) return send();
  if (status === 304) return send({ headers: { ...asOperator, 'if-none-match': '*' } });
  if (status === 400) return send(bad);
  if (status === 401) return send({ headers: { authorization: 'Bearer wrong' } });
  if (status === 409) return send({ headers: { ...asOperator, 'valet-environment': 'another' } });
  if (status === 413) return send({ body: JSON.stringify('x'.repeat(70_000)), headers: json });
  if (status === 415) return send({ body: '<xml/>', headers: { ...asOperator, 'content-type': 'text/xml' } });
  if (status === 429) return send({ headers: {} });
  // What is answered from memory for a moment is asked anew.
  bench.clock.pass(2);
  failEverywhere(faults[status]);
  try {
    return await send(failing);
  } finally {
    failEverywhere(undefined);
  }
}

it('every operation of the document answers with every status that it promises, as it promises it', async () => {
  serving.createLimit.left = 0;
  const operations = operationsOf(document);
  expect(operations.map(({ operationId }) => operationId).toSorted()).toEqual(Object.keys(samples).toSorted());
  let answered = 0;
  for (const operation of operations) {
    for (const status of Object.keys(operation.responses).map(Number)) {
      // The router takes whatever fails while it reads for a database that is away.
      if (operation.operationId === 'explainRoute' && status === 500) continue;
      const answer = await provoke(operation, status);
      expect(answer.status, `${operation.operationId}: ${answer.text}`).toBe(status);
      const isOperators = operation.operationId === 'createProject' && status === 201;
      conformance.expectAsPromised(operation, answer, isOperators ? rateLimitHeaders : []);
      answered += 1;
    }
  }
  expect(answered).toBeGreaterThan(150);
});

const rateLimitHeaders = ['ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset'];

it('a create that is counted tells its limit, as it promises', async () => {
  serving.createLimit.left = 3;
  const [create] = operationsOf(document).filter(({ operationId }) => operationId === 'createProject');
  if (create === undefined) throw new Error('no create');
  const answer = await ask(bench.port, { method: 'POST', path: '/api/projects' });
  conformance.expectAsPromised(create, answer);
});

it('every operation takes no input that its document does not name', async () => {
  for (const { operationId, method, parameters, requestBody, path } of operationsOf(document)) {
    const { good = {} } = samples[operationId] ?? {};
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    expect(parameters.filter((one) => one.in === 'path').map(({ name }) => name)).toEqual(inPath);
    const headers = asOperator;
    if (parameters.some((one) => one.in === 'query')) {
      const answer = await ask(bench.port, { method, path: `${good.path}?not_named=1`, headers });
      expect(answer.status, operationId).toBe(400);
    }
    if (requestBody === undefined) continue;
    const empty = await ask(bench.port, { method, path: good.path ?? '', headers });
    expect(empty.status, `${operationId} without a body`).toBe(
      requestBody.required ? 400 : method === 'POST' && path === '/api/projects' ? 201 : 200,
    );
    const body = { ...Object(good.body), not_named: 1 };
    expect((await ask(bench.port, { method, path: good.path ?? '', headers, body })).status, operationId).toBe(400);
  }
});

it('HEAD is answered as GET is, without the body', async () => {
  for (const operation of operationsOf(document).filter(({ method }) => method === 'GET')) {
    const { good = {} } = samples[operation.operationId] ?? {};
    const [get, head] = await Promise.all(
      ['GET', 'HEAD'].map((method) => ask(bench.port, { ...good, method, headers: asOperator })),
    );
    // Its answer to HEAD would read all of R2's object for nothing.
    const status = operation.operationId === 'readArchive' ? 405 : get?.status;
    expect(head, operation.operationId).toMatchObject({ status, text: '' });
    if (status === 200) expect(head?.headers.etag).toBe(get?.headers.etag);
  }
});

describe('operations that tell their steps', () => {
  const asked = { method: 'POST', headers: { ...asOperator, accept: 'application/x-ndjson' } };

  it('promise every line, and have a result where steps are not asked for', async () => {
    const telling = operationsOf(document).filter(
      ({ responses }) => 'application/x-ndjson' in (responses[200]?.content ?? {}),
    );
    expect(telling.map(({ operationId }) => operationId).toSorted()).toEqual([
      'drainPool',
      'removeOrphans',
      'replenishPool',
      'runSweep',
    ]);
    for (const operation of telling) {
      const { good } = samples[operation.operationId] ?? {};
      const answer = await ask(bench.port, { ...good, ...asked });
      expect(answer).toMatchObject({
        status: 200,
        headers: { 'content-type': 'application/x-ndjson', vary: 'Accept' },
      });
      conformance.expectAsPromised(operation, answer);
      expect(answer.text).toContain('"kind":"done"');
      failEverywhere(faults[503]);
      const refused = await ask(bench.port, { ...good, ...asked });
      failEverywhere(undefined);
      expect(refused.status, 'what fails before the first line').toBe(503);
      conformance.expectAsPromised(operation, refused);
    }
  });

  it('end with the problem of what went wrong on the way, which the document knows too', async () => {
    const steps = async function* () {
      yield { kind: 'planned' as const, total: 2 };
      yield {
        kind: 'project' as const,
        outcome: 'archived' as const,
        id: 'demo',
        took_secs: 1.5,
        code: null,
        reason: null,
      };
      throw new ValetError('fuse_blown', 'A machine is quarantined.', { hint: 'Look at it.' });
    };
    const run = async () => sampleSweep();
    await using own = await startTestServer(new TestServing({ sweep: { run, steps } }));
    const answer = await ask(own.port, { ...asked, path: '/api/sweep/run' });
    const [operation] = operationsOf(document).filter(({ operationId }) => operationId === 'runSweep');
    if (operation === undefined) throw new Error('no sweep');
    conformance.expectAsPromised(operation, answer);
    expect(answer.text).toMatch(/"kind":"failed".*"code":"fuse_blown".*\n$/);
  });
});
