import { asError, type ValetError } from '../../sdk/errors.js';

/** The last words of commands that only look, whatever becomes of them. */
const looking = ['config', 'doctor', 'events', 'explain', 'get', 'list', 'plan', 'route', 'status', 'verify', 'watch'];

/** @param id as oclif has it: "projects:list" */
export function onlyLooks(id: string): boolean {
  return looking.includes(id.split(':').at(-1) ?? '');
}

/** What a system says when nothing has been sent yet. */
const beforeAnything = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'EACCES', 'EPERM'];

/** Whether a connection was lost when it may already have carried a change: nobody can tell then whether it was made. */
export function isUnderWay({ code, cause }: ValetError): boolean {
  if (code === 'valet_unreachable') return kindOf(cause) === 'broken' || kindOf(cause) === 'timeout';
  if (code !== 'database_unavailable' || cause === undefined) return false;
  const causes = cause instanceof AggregateError ? cause.errors.map(asError) : [asError(cause)];
  return !causes.every((error) => 'code' in error && beforeAnything.includes(String(error.code)));
}

/** Of a `TransportFault`, which is not loaded unless HTTP is. */
function kindOf(cause: unknown): unknown {
  return cause instanceof Error && 'kind' in cause ? cause.kind : undefined;
}
