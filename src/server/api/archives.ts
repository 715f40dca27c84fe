import { Readable } from 'node:stream';
import type { Logger } from 'pino';
import { z } from 'zod';
import { archiveHeader, formatArchiveHeader } from '../../sdk/http/archive-header.js';
import { archivePageSchema, archiveProofSchema, listArchivesSchema } from '../../sdk/resources.js';
import { operatorOnly } from './operator.js';
import { operatorSecurity, projectIdOf, projectParams } from './schemas.js';
import type { Api, ApiParts } from './types.js';

const tags = ['archives'];
const archiveParams = z.object({ id: z.string().min(1).max(64).meta({ description: 'The id of an archive.' }) });
const content = {
  description: 'The SQLite file; `Valet-Archive` has the archive as JSON. An answer that breaks off is not whole.',
  content: { 'application/vnd.sqlite3': { schema: z.unknown().meta({ type: 'string', format: 'binary' }) } },
};
const contentHeaders = {
  'Valet-Archive': { type: 'string', description: 'The archive as JSON, with its size and SHA-256.' },
  'Content-Disposition': { type: 'string', description: 'A name for the file.' },
} as const;

export function archiveRoutes(api: Api, { valet, auth, inFlight }: ApiParts, log: Logger): void {
  const onRequest = operatorOnly(auth);

  api.route({
    method: 'GET',
    url: '/api/projects/:id/archives',
    onRequest,
    config: { problems: [404, 503], conditional: true },
    schema: {
      operationId: 'listArchives',
      summary: 'List the archives of a project, the newest first',
      tags,
      security: operatorSecurity,
      params: projectParams,
      querystring: listArchivesSchema.strict(),
      response: { 200: archivePageSchema },
    },
    handler: (request, reply) =>
      valet.archives.list(projectIdOf(request), request.query, { signal: inFlight.enter(reply.raw) }),
  });

  api.route({
    method: 'POST',
    url: '/api/archives/:id/verify',
    onRequest,
    config: { problems: [404, 502, 503] },
    schema: {
      operationId: 'verifyArchive',
      summary: 'Read an archive back and prove it again',
      tags,
      security: operatorSecurity,
      params: archiveParams,
      response: { 200: archiveProofSchema },
    },
    handler: (request, reply) => valet.archives.verify(request.params.id, { signal: inFlight.enter(reply.raw) }),
  });

  api.route({
    method: 'GET',
    url: '/api/archives/:id/content',
    // Its answer to HEAD would read all of R2's object for nothing.
    exposeHeadRoute: false,
    onRequest,
    config: { problems: [404, 502, 503], headers: contentHeaders },
    schema: {
      operationId: 'readArchive',
      summary: 'The content of an archive',
      tags,
      security: operatorSecurity,
      params: archiveParams,
      response: { 200: content },
    },
    handler: async (request, reply) => {
      const { archive, body } = await valet.archives.read(request.params.id, { signal: inFlight.enter(reply.raw) });
      const file = Readable.from(body, { objectMode: false });
      file.on('error', (err) => {
        if (!reply.raw.destroyed)
          log.warn({ request_id: request.id, archive_id: archive.id, err }, 'archive broke off');
      });
      // Without a length: where the bytes turn out to be wrong at the very end, the answer stays without its end.
      return reply
        .headers({
          'content-type': 'application/vnd.sqlite3',
          'content-disposition': `attachment; filename="${archive.project_id}-${archive.id}.sqlite"`,
          'cache-control': 'no-store',
          [archiveHeader]: formatArchiveHeader(archive),
        })
        .send(file);
    },
  });
}
