import { constants } from 'node:os';
import { z } from 'zod';
import type { Machine } from '../machines/machine.js';
import { listProcesses } from '../machines/processes/list.js';
import { sortKeys, sortStats } from '../machines/processes/process-stat.js';
import { splitCommand } from '../machines/split-command.js';
import { refusals } from '../refusal.js';
import type { UnconfirmedAnswers } from '../unconfirmed.js';
import { parseBody } from './body.js';
import type { MachineCalls } from './machine-calls.js';
import type { ApiAnswer, ApiRequest, Route } from './router.js';

const item = '/apps/:app/machines/:id';

/** What happens inside a running machine. Source: fly.io/docs/machines/api/machines-resource. */
export function machineInsideRoutes(calls: MachineCalls, unconfirmed: UnconfirmedAnswers): readonly Route[] {
  type Act = (machine: Machine, request: ApiRequest) => ApiAnswer | Promise<ApiAnswer>;
  const running =
    (verb: string, act: Act): Act =>
    (machine, request) => {
      assertRunning(machine, verb, unconfirmed.now.execNotRunningStatus);
      return act(machine, request);
    };
  return [
    { method: 'POST', path: `${item}/exec`, call: 'exec_machine', handle: calls.inside(running('exec on', exec)) },
    {
      method: 'POST',
      path: `${item}/signal`,
      call: 'signal_machine',
      handle: calls.minorWrite(running('signal', signal)),
    },
    {
      method: 'GET',
      path: `${item}/ps`,
      call: 'list_processes',
      handle: calls.inside(running('list processes of', list)),
    },
    { method: 'GET', path: `${item}/memory`, call: 'get_memory', handle: calls.inside(showMemory) },
    { method: 'PUT', path: `${item}/memory`, call: 'set_memory', handle: calls.minorWrite(setMemory) },
    { method: 'POST', path: `${item}/memory/reclaim`, call: 'reclaim_memory', handle: calls.minorWrite(reclaim) },
  ];
}

function assertRunning({ record }: Machine, verb: string, status: number): void {
  if (record.phase === 'started') return;
  throw refusals.withStatus(status, `unable to ${verb} machine from current state: '${record.state}'`);
}

/** The ceiling, and what a command gets that asks for no time. */
const maxExecSecs = 60;

const execSchema = z.object({
  command: z.exactOptional(z.array(z.string()).min(1)),
  cmd: z.exactOptional(z.string()),
  stdin: z.string().default(''),
  timeout: z.int().nonnegative().max(maxExecSecs).default(0),
  container: z.exactOptional(z.string()),
  machine: z.exactOptional(z.boolean()),
});

/** A command that fails is told in `exit_code`; only one that does not end in time is refused. */
async function exec(machine: Machine, request: ApiRequest): Promise<ApiAnswer> {
  const body = parseBody(execSchema, request.bodyText);
  const command = body.command ?? splitCommand(body.cmd ?? '');
  if (command === undefined || command.length === 0) throw refusals.invalid('command is required');
  const timeoutSecs = body.timeout === 0 ? maxExecSecs : body.timeout;
  const result = await machine.vm.run({ command, stdin: body.stdin, timeoutMs: timeoutSecs * 1000 });
  if (result.timedOut) throw refusals.withStatus(408, `command did not end within ${timeoutSecs} seconds`);
  const { exitCode, exitSignal, stdout, stderr } = result;
  return { status: 200, body: { exit_code: exitCode, exit_signal: exitSignal, stdout, stderr } };
}

const signals = [
  ...['SIGABRT', 'SIGALRM', 'SIGFPE', 'SIGHUP', 'SIGILL', 'SIGINT', 'SIGKILL'],
  ...['SIGPIPE', 'SIGQUIT', 'SIGSEGV', 'SIGTERM', 'SIGTRAP', 'SIGUSR1', 'SIGUSR2'],
] as const;
const signalSchema = z.object({ signal: z.union([z.string(), z.int()]) });

/** By its name, or by its number as the vendor's client sends it. */
function signal(machine: Machine, request: ApiRequest): ApiAnswer {
  const body = parseBody(signalSchema, request.bodyText);
  const name = signals.find((known) => known === body.signal || constants.signals[known] === body.signal);
  if (name === undefined) throw refusals.invalid(`unknown signal ${body.signal}`);
  machine.vm.signal(name);
  return { status: 200, body: { ok: true } };
}

async function list(machine: Machine, { query }: ApiRequest): Promise<ApiAnswer> {
  const [asked, order] = [query.get('sort_by') || 'pid', query.get('order') || 'asc'];
  const key = sortKeys.find((known) => known === asked);
  if (key === undefined) throw refusals.invalid(`cannot sort by ${asked}`);
  if (order !== 'asc' && order !== 'desc') throw refusals.invalid('order must be asc or desc');
  return { status: 200, body: sortStats(await listProcesses(machine.vm.leaders), key, order) };
}

function showMemory({ memory }: Machine): ApiAnswer {
  return { status: 200, body: { limit_mb: memory.limitMb, available_mb: memory.availableMb } };
}

function setMemory(machine: Machine, request: ApiRequest): ApiAnswer {
  machine.memory.set(parseBody(z.object({ limit_mb: z.int() }), request.bodyText).limit_mb);
  return showMemory(machine);
}

function reclaim({ memory }: Machine, request: ApiRequest): ApiAnswer {
  const { amount_mb: amountMb } = parseBody(z.object({ amount_mb: z.int().nonnegative() }), request.bodyText);
  return { status: 200, body: { actual_mb: memory.reclaim(amountMb) } };
}
