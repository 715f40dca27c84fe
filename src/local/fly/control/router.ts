import { z } from 'zod';
import { FlyRefusal } from '../refusal.js';

export interface ControlRequest {
  readonly params: Readonly<Record<string, string>>;
  readonly bodyText: string;
}

export interface ControlRoute {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below `/_emulator`. */
  readonly path: string;
  /** @returns the body of the answer @throws FlyRefusal with a sentence for people */
  readonly handle: (request: ControlRequest) => unknown;
}

export function badRequest(sentence: string): FlyRefusal {
  return new FlyRefusal(400, sentence);
}

export function notThere(sentence: string): FlyRefusal {
  return new FlyRefusal(404, sentence);
}

/** @throws FlyRefusal 400 that says what is wrong where */
export function readInput<Schema extends z.ZodType>(schema: Schema, body: unknown): z.infer<Schema> {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const said = result.error.issues.map(({ path, message }) => [path.join('.'), message].filter((it) => it !== ''));
  throw badRequest(said.map((parts) => parts.join(': ')).join('; '));
}

/** @throws FlyRefusal 400 when it is no JSON object */
export function objectIn(bodyText: string): Readonly<Record<string, unknown>> {
  const body = z.record(z.string(), z.unknown()).safeParse(parsed(bodyText));
  if (body.success) return body.data;
  throw badRequest('The body must be a JSON object.');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
