import type { IncomingMessage } from 'node:http';
import type { z } from 'zod';
import { type FlyRefusal, refusals } from '../refusal.js';

const maxBodyBytes = 1024 * 1024;
/** Beyond it the connection is cut. */
const maxDrainedBytes = 16 * maxBodyBytes;

/**
 * Reads a body that is too large to its end as well, since whoever still writes would not see the answer.
 * @throws FlyRefusal 413
 */
export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request) {
    if (!(chunk instanceof Buffer)) throw new TypeError('The request body is not read as bytes.');
    sizeBytes += chunk.length;
    if (sizeBytes <= maxBodyBytes) chunks.push(chunk);
    if (sizeBytes > maxDrainedBytes) break;
  }
  if (sizeBytes > maxBodyBytes) throw refusals.bodyTooLarge();
  return Buffer.concat(chunks).toString('utf8');
}

/** @throws FlyRefusal 400 in the words of a Go server when the body is empty, not JSON or of other types */
export function parseBody<Schema extends z.ZodType>(schema: Schema, bodyText: string): z.infer<Schema> {
  if (bodyText.trim() === '') throw refusals.emptyBody();
  const result = schema.safeParse(parseJson(bodyText), { reportInput: true });
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw issue === undefined ? refusals.invalid('malformed body') : refusalOf(issue);
}

function parseJson(text: string): unknown {
  if (isTooDeep(text)) throw refusals.tooDeep();
  try {
    return JSON.parse(text);
  } catch {
    throw refusals.notJson();
  }
}

/** Deeper values could be read but not be written again. Go's own bound is 10 000. */
const maxDepth = 1000;

function isTooDeep(text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length && depth <= maxDepth; at++) {
    const character = text[at];
    if (character === '"') inString = !inString;
    else if (inString) at += character === '\\' ? 1 : 0;
    else if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') depth -= 1;
  }
  return depth > maxDepth;
}

const goTypes: Readonly<Record<string, string>> = {
  boolean: 'bool',
  int: 'int',
  // Nearly all numbers of the API are whole.
  number: 'int',
  record: 'map[string]interface {}',
  object: 'struct',
  array: 'slice',
};

function refusalOf(issue: z.core.$ZodIssue): FlyRefusal {
  const expected = expectedType(issue, issue.input);
  if (expected === undefined) return refusals.invalid(`${issue.path.join('.')}: ${issue.message}`);
  if (issue.input === undefined || issue.input === null) {
    return refusals.invalid(`${issue.path.join('.') || 'a body'} is required`);
  }
  // Go names fields only, not places in a list.
  const field = issue.path.filter((part) => typeof part !== 'number').join('.');
  const where = field === '' ? 'Go value' : `Go struct field ${field}`;
  return refusals.wrongType(jsonType(issue.input), where, expected);
}

/** Go's name of the type that was expected; undefined when the type was right and the value was not. */
function expectedType(issue: z.core.$ZodIssue, input: unknown): string | undefined {
  if (issue.code === 'invalid_type') return goTypes[issue.expected] ?? issue.expected;
  if (issue.code === 'invalid_value') return typeof input === 'string' ? undefined : 'string';
  if (issue.code !== 'invalid_union') return undefined;
  const [inner] = issue.errors.flat();
  return inner === undefined ? undefined : expectedType(inner, input);
}

function jsonType(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}
