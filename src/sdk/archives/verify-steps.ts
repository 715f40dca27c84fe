import { asError, codeOf } from '../errors.js';
import { follow, Try, type Watch } from '../follow.js';
import { parsed } from '../parsed.js';
import { type VerifyArchives, type VerifyResult, verifyArchivesSchema } from '../resources.js';
import { unless } from '../running.js';
import type { VerifyStep } from '../steps.js';
import type { CallOptions } from '../valet.js';
import { type ArchiveScope, archivePages, type FoundArchive, type VerifyCalls } from './archive-pages.js';

interface Pass {
  readonly result: VerifyResult;
  readonly watch: Watch<VerifyStep>;
}

/**
 * Proves many archives again, a page at a time and a few at once. One that cannot be read keeps no other from it. Made of
 * calls that look and change nothing, so it is the same directly and over HTTP, and may be left at any moment.
 *
 * @throws ValetError `request_invalid`, `project_not_found`, and what keeps a list from being read
 */
export function verifySteps(
  calls: VerifyCalls,
  options: VerifyArchives = {},
  { signal }: CallOptions = {},
): AsyncIterable<VerifyStep> {
  return follow<VerifyStep>(async (watch) => {
    const { project, limit, cursor, concurrency } = parsed(verifyArchivesSchema, options);
    const result: VerifyResult = { proofs: [], failed: [], next_cursor: null };
    await verifyAll(calls, { project, limit, cursor }, concurrency, { result, watch });
    return { kind: 'done', result };
  }, signal);
}

async function verifyAll(calls: VerifyCalls, scope: ArchiveScope, concurrency: number, pass: Pass): Promise<void> {
  const { result, watch } = pass;
  // Loaded here, so that who only imports the client does not wait for it.
  const { default: pLimit } = await import('p-limit');
  const limit = pLimit(concurrency);
  let total = 0;
  for await (const page of archivePages(calls, scope, watch.left)) {
    total += page.archives.length;
    result.next_cursor = page.next;
    watch.tell({ kind: 'planned', total });
    await Promise.all(page.archives.map((archive) => limit(() => verifyOne(calls, archive, pass))));
    watch.left.throwIfAborted();
  }
}

async function verifyOne(calls: VerifyCalls, { id, project_id }: FoundArchive, pass: Pass): Promise<void> {
  const { result, watch } = pass;
  if (watch.left.aborted) return;
  const trying = new Try();
  try {
    const proof = await unless(watch.left, calls.archives.verify(id, { signal: watch.left }));
    result.proofs.push(proof);
    const verdict = proof.proven
      ? { outcome: 'proven' as const }
      : { outcome: 'unproven' as const, code: 'archive_unproven', reason: proof.finding };
    watch.tell({ kind: 'archive', project_id, ...trying.succeeded(id), ...verdict });
  } catch (thrown) {
    if (watch.left.aborted) return;
    result.failed.push({ id, project_id, code: codeOf(thrown), reason: asError(thrown).message });
    watch.tell({ kind: 'archive', outcome: 'failed', project_id, ...trying.failed(id, thrown) });
  }
}
