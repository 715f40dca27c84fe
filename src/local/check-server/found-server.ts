import { isSuccess, sayAnswer } from './answer.js';
import type { Conversation } from './conversation.js';
import { CheckFault } from './fault.js';
import type { CheckServerOptions } from './options.js';
import { statusIn } from './status-verdicts.js';

export interface FoundServer {
  readonly kind: 'full' | 'basic';
  /** The largest that it has seen. */
  readonly epoch: number;
}

/** Looks only, so that nobody's project is overwritten. */
export async function findServer(conversation: Conversation, options: CheckServerOptions): Promise<FoundServer> {
  const { owned, url, secret } = options;
  const headers = { authorization: `Bearer ${secret}`, accept: 'application/json' };
  const answer = await conversation.ask({ method: 'GET', path: '/internal/status', headers });
  if (answer.status === 0) {
    throw new CheckFault('unreachable', `The server at ${url} is not reached: ${answer.fault}.`, {
      hint: 'Start it, and give the address where it listens.',
    });
  }
  if (answer.status === 401) {
    throw new CheckFault('unauthorized', `The server at ${url} refuses the secret.`, {
      hint: 'VALET_INTERNAL_SECRET must be the same here and in the environment of the server.',
    });
  }
  if (answer.status === 404) return { kind: 'basic', epoch: owned?.epoch ?? 0 };
  const status = statusIn(answer);
  const projectId = status?.project_id ?? null;
  if (projectId !== (owned?.projectId ?? null) && status !== null) throw belongsTo(projectId, status.epoch ?? 0);
  if (status === null && isSuccess(answer) && answer.body === null) {
    throw new CheckFault('unreachable', `What answers at ${url} is no project server: ${sayAnswer(answer)}`);
  }
  return { kind: 'full', epoch: Math.max(owned?.epoch ?? 0, status?.epoch ?? 0) };
}

function belongsTo(projectId: string | null, epoch: number): CheckFault {
  if (projectId === null)
    return new CheckFault('owned', 'The server is no project’s yet.', { hint: 'Leave out --project.' });
  return new CheckFault(
    'owned',
    `The server is project ${projectId}’s already, and checking it would destroy its data.`,
    {
      hint: `Start it with an empty data folder; or give it up with --project ${projectId} --epoch ${epoch}.`,
    },
  );
}
