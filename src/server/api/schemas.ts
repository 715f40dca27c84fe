import { z } from 'zod';
import { type ProjectId, parseProjectId } from '../../sdk/projects/project-id.js';

export const projectParams = z.object({ id: z.string().meta({ description: 'The id of a project.' }) });

/** @throws ValetError `project_id_invalid`, before anything is asked of the database */
export function projectIdOf(request: { readonly params: z.infer<typeof projectParams> }): ProjectId {
  return parseProjectId(request.params.id);
}

/** Marks a route as the operator's in the OpenAPI document. */
export const operatorSecurity = [{ operator: [] }];
