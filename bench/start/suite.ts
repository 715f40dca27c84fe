import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { compare, type Row, type Side, spreadOf } from '../row.ts';
import type { Pace, Suite } from '../suite.ts';
import { makeHelloWorld } from './hello-world.ts';
import { startOnce } from './start-once.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const rounds = 30;
/** How many times as long as the hello-world a start of ours may take. */
const mostTimes = 1.3;

/** How long it takes from nothing to an answer, beside an oclif program with the same commands that do nothing. */
export const start: Suite = {
  name: 'start',
  async *run(pace) {
    const manifest: { commands: Record<string, unknown> } = JSON.parse(
      await readFile(`${root}oclif.manifest.json`, 'utf8'),
    );
    const ids = Object.keys(manifest.commands);
    pace.tell(`making a hello-world with ${ids.length} commands`);
    await using hello = await makeHelloWorld(ids, `${root}node_modules`);
    await using asked = await answeringServer();
    const programs = { valet: `${root}bin/run.js`, hello: hello.program };
    yield timed(pace, programs, '--version', ['--version'], { mark: true });
    yield timed(pace, programs, '--help', ['--help'], { mark: true });
    yield timed(pace, programs, 'projects --help', ['projects', '--help'], { mark: true });
    const env = { HELLO_URL: asked.url, VALET_URL: asked.url, CONTROL_PLANE_SECRET: 'secret-of-the-benchmark' };
    yield timed(pace, programs, 'projects list over HTTP', ['projects', 'list'], { mark: false, env });
  },
};

interface Timing {
  readonly mark: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

async function timed(
  { quick, cores }: Pace,
  programs: { readonly valet: string; readonly hello: string },
  name: string,
  args: readonly string[],
  { mark, env = {} }: Timing,
): Promise<Row> {
  const side = (of: string, program: string): Side => ({
    name: of,
    measure: () => startOnce([program, ...args], env, cores.server),
  });
  const comparison = {
    name: `start: ${name}`,
    subject: side('valet', programs.valet),
    baseline: side('hello-world', programs.hello),
  };
  const row = await compare({ ...comparison, ...(mark && { mark: 1 / mostTimes }) }, quick ? 1 : rounds);
  const median = (samples: Row['subjectSamples']) => spreadOf(samples.map(({ p50Ms }) => p50Ms)).median;
  const times = median(row.subjectSamples) / median(row.baselineSamples);
  const most = mark ? `; at most ${mostTimes}` : '';
  return {
    ...row,
    notes: [`takes ${times.toFixed(2)} times as long as the hello-world, median against median${most}`],
  };
}

async function answeringServer() {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end('{"projects":[],"next_cursor":null}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
}
