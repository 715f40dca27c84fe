import type { z } from 'zod';

/** What a call may send as its body. */
export type RequestBody =
  | { readonly kind: 'none' }
  | { readonly kind: 'optional' | 'required'; readonly schema: z.ZodType };

/** One published call. */
export interface Operation {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below `/v1`; a part that begins with a colon is a parameter. */
  readonly path: string;
  readonly body: RequestBody;
  /** Names of the query; one that ends in `*` stands for all that begin so. */
  readonly query: readonly string[];
  /** What the body is by status of success; `empty` for none. */
  readonly answers: Readonly<Record<number, z.ZodType | 'empty'>>;
  /** Statuses of refusals, besides those that every call may answer. */
  readonly refusals: readonly number[];
}

/** Any call may be refused so. Source: fly.io/docs/machines/api/working-with-machines-api; 403, 502 and 503 were seen. */
export const commonRefusals: readonly number[] = [400, 401, 403, 404, 429, 502, 503];

type Rest = Partial<Pick<Operation, 'query' | 'refusals'>> & { readonly body?: RequestBody };

export function operation(
  method: Operation['method'],
  path: string,
  answers: Operation['answers'],
  { body = { kind: 'none' }, query = [], refusals = [] }: Rest = {},
): Operation {
  return { method, path, answers, body, query, refusals };
}

export const required = (schema: z.ZodType): RequestBody => ({ kind: 'required', schema });
export const optional = (schema: z.ZodType): RequestBody => ({ kind: 'optional', schema });
