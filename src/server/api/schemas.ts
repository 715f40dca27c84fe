import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { problemMediaType, problemSchema } from '../../sdk/http/problem.js';
import { type ProjectId, parseProjectId } from '../../sdk/projects/project-id.js';

export const problemAnswer = { description: 'A problem', content: { [problemMediaType]: { schema: problemSchema } } };

/** The answer of a route when all goes well, and the problem document for whenever it does not. */
export function answers<Status extends number, Schema extends z.ZodType>(status: Status, schema: Schema) {
  return { [status]: schema, default: problemAnswer } as Record<Status, Schema> & { default: typeof problemAnswer };
}

export const projectParams = z.object({ id: z.string().meta({ description: 'The id of a project.' }) });

/** @throws ValetError `project_id_invalid`, before anything is asked of the database */
export function projectIdOf(request: { readonly params: z.infer<typeof projectParams> }): ProjectId {
  return parseProjectId(request.params.id);
}

/** Marks a route as the operator's in the OpenAPI document. */
export const operatorSecurity = [{ operator: [] }];

/** Before validation, where nothing is required: no body is the same as an empty one. */
export async function emptyWithoutBody(request: FastifyRequest): Promise<void> {
  request.body ??= {};
}
