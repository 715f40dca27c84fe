import { checkedContent } from '../archives/checked-content.js';
import { verifySteps } from '../archives/verify-steps.js';
import { archiveHeader, parseArchiveHeader } from '../http/archive-header.js';
import type { ValetHttp } from '../http/valet-http.js';
import { allArchives } from '../pages.js';
import { parseProjectId } from '../projects/project-id.js';
import { archivePageSchema, archiveProofSchema, archiveSchema } from '../resources.js';
import type { ArchiveCalls, ProjectCalls } from '../valet.js';
import { segment } from './segment.js';
import { workTimeoutMs } from './timeouts.js';

const brokenHint = 'What arrived is not whole: read it again.';

export function archiveCalls(http: ValetHttp, projects: Pick<ProjectCalls, 'list'>): ArchiveCalls {
  const calls: Omit<ArchiveCalls, 'all'> = {
    list: async (projectId, query = {}, { signal } = {}) => {
      const path = `/api/projects/${parseProjectId(projectId)}/archives`;
      return http.call({ method: 'GET', path, query, answer: archivePageSchema, signal });
    },
    verify: async (archiveId, { signal } = {}) => {
      const path = `/api/archives/${segment(archiveId)}/verify`;
      return http.call({ method: 'POST', path, answer: archiveProofSchema, timeoutMs: workTimeoutMs, signal });
    },
    verifySteps: (options, call) => verifySteps({ projects, archives: calls }, options, call),
    read: async (archiveId, { signal } = {}) => {
      const path = `/api/archives/${segment(archiveId)}/content`;
      const { headers, body } = await http.download({ method: 'GET', path, accept: '*/*', brokenHint, signal });
      try {
        const archive = http.understood(parseArchiveHeader(headers[archiveHeader]), archiveSchema);
        return { archive, body: checkedContent(archive, body) };
      } catch (error) {
        await giveUp(body);
        throw error;
      }
    },
  };
  return { ...calls, all: (projectId, options) => allArchives(calls, projectId, options) };
}

/** Leaving the loop ends the connection, which would else wait for a reader. */
async function giveUp(body: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of body) break;
}
