import type { ClaimId } from '../../../../src/local/check-server/claims.js';
import { bodyOf, type Call, type Fault, type Reply } from '../../../support/faulty-server.js';

export interface FaultyServer {
  readonly name: string;
  /** All that does not hold for it: the claim that is meant, then what cannot hold without it. */
  readonly breaks: readonly [ClaimId, ...ClaimId[]];
  /** A new one for each run, since faults remember. */
  readonly fault: (dataDir: string) => Fault;
  /** Happens to the volume while the server is restarted. */
  readonly whileDown?: (dataDir: string) => void;
}

export const isStatus = ({ path, method }: Call) => path === '/internal/status' && method === 'GET';
export const isConfigure = ({ path }: Call) => path === '/internal/configure';
export const isArchive = ({ path, method }: Call) => path === '/internal/archive-to-r2' && method === 'POST';
export const isRestore = ({ path }: Call) => path === '/internal/restore-from-r2';
export const isResume = ({ path }: Call) => path === '/internal/resume';
export const isVisit = ({ path }: Call) => path === '/';
export const hasSecret = ({ headers }: Call) => headers.authorization?.endsWith('the-secret-of-this-machine') === true;
export const isOk = ({ status }: Reply) => status >= 200 && status < 300;

export const away: Reply = { status: 503, headers: { 'retry-after': '1' }, text: '' };

/** Answers certain calls out of its own head. */
export function answering(applies: (call: Call) => boolean, answer: Reply): () => Fault {
  return () => async (call, forward) => (applies(call) ? answer : forward(call));
}

/** Changes what the server says to certain calls. */
export function saying(
  applies: (call: Call) => boolean,
  change: (body: Record<string, unknown>, reply: Reply) => unknown,
): () => Fault {
  return () => async (call, forward) => {
    const said = await forward(call);
    return applies(call) ? { ...said, text: JSON.stringify(change(bodyOf(said), said)) } : said;
  };
}

/** Gives certain answers another status. */
export function misreporting(code: string, status: number): () => Fault {
  return () => async (call, forward) => {
    const said = await forward(call);
    return bodyOf(said).code === code ? { ...said, status } : said;
  };
}
