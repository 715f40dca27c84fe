import { z } from 'zod';
import { problemMediaType, problemSchema } from '../../sdk/http/problem.js';
import { type ProjectId, parseProjectId } from '../../sdk/projects/project-id.js';

/** The answer of a route when all goes well, and the problem document for whenever it does not. */
export function answers<Status extends number, Schema extends z.ZodType>(status: Status, schema: Schema) {
  const problem = { description: 'A problem', content: { [problemMediaType]: { schema: problemSchema } } };
  return { [status]: schema, default: problem } as Record<Status, Schema> & { default: typeof problem };
}

export const projectParams = z.object({ id: z.string().meta({ description: 'The id of a project.' }) });

/** @throws ValetError `project_id_invalid`, before anything is asked of the database */
export function projectIdOf(request: { readonly params: z.infer<typeof projectParams> }): ProjectId {
  return parseProjectId(request.params.id);
}

/** Marks a route as the operator's in the OpenAPI document. */
export const operatorSecurity = [{ operator: [] }];
