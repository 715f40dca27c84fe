import { z } from 'zod';
import { ValetError } from './errors.js';

/** @throws ValetError `request_invalid`, naming each field that is wrong and why */
export function parsed<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw new ValetError('request_invalid', z.prettifyError(result.error));
}
