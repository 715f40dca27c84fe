import { once } from 'node:events';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { connect } from 'node:net';
import type { PlannedCheck } from './plan.js';

export interface Finding {
  readonly status: 'passing' | 'critical';
  readonly output: string;
}

/** Makes one check, for real. HTTPS is checked as HTTP, since programs here have no certificate. */
export async function probe(check: PlannedCheck, port: number, signal: AbortSignal): Promise<Finding> {
  if (check.target === undefined) return { status: 'critical', output: 'connection refused: not a port of a service' };
  try {
    return check.kind === 'tcp' ? await probeTcp(port, signal) : await probeHttp(check, port, signal);
  } catch (error) {
    if (signal.aborted) return { status: 'critical', output: 'timeout' };
    return { status: 'critical', output: error instanceof Error ? error.message : String(error) };
  }
}

async function probeTcp(port: number, signal: AbortSignal): Promise<Finding> {
  const socket = connect({ port, host: '127.0.0.1', signal });
  try {
    await once(socket, 'connect');
    return { status: 'passing', output: 'Success' };
  } finally {
    socket.destroy();
  }
}

/** Passes on 2xx alone; redirects are not followed. Source: fly.io/docs/reference/health-checks. */
async function probeHttp(check: PlannedCheck, port: number, signal: AbortSignal): Promise<Finding> {
  const { method, path } = check;
  const request = requestHttp({ host: '127.0.0.1', port, method, path, signal, agent: false });
  for (const [name, value] of check.headers) request.appendHeader(name, value);
  const answered = once(request.end(), 'response');
  const [response]: IncomingMessage[] = await answered;
  const code = response?.statusCode ?? 0;
  response?.destroy();
  return { status: code >= 200 && code < 300 ? 'passing' : 'critical', output: `${method} ${path}: ${code}` };
}
