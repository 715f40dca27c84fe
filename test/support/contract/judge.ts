import type { z } from 'zod';
import { errorBody } from '../published/errors.js';
import { commonRefusals, type Operation } from '../published/operation.js';
import { findOperation } from '../published/operations.js';

/** One request as it passed, and its answer; bodies as text. */
export interface Exchange {
  readonly method: string;
  /** With the query. */
  readonly url: string;
  readonly requestBody: string;
  readonly status: number;
  readonly answerBody: string;
  /** The request is wrong on purpose: only its answer is judged. */
  readonly odd: boolean;
}

/** 501 says that the emulator does not imitate a call, 413 that a body is larger than it reads. */
const statusesOfTheEmulator: readonly number[] = [413, 501];

/** What about an exchange is not as published, in words; empty when all is. */
export function judge(exchange: Exchange): readonly string[] {
  const [path = '', search = ''] = exchange.url.split('?', 2);
  const found = findOperation(exchange.method, path);
  const subject = found === undefined ? `${exchange.method} ${path}` : `${found.method} ${found.path}`;
  const faults = [
    ...(exchange.odd ? [] : judgeRequest(found, new URLSearchParams(search), exchange.requestBody)),
    ...judgeAnswer(found, exchange),
  ];
  return faults.map((fault) => `${subject}: ${fault}`);
}

function judgeRequest(found: Operation | undefined, query: URLSearchParams, bodyText: string): readonly string[] {
  if (found === undefined) return ['the call is not published'];
  const names = [...new Set(query.keys())].filter((name) => !found.query.some((known) => covers(known, name)));
  return [...names.map((name) => `the query name ${name} is not published`), ...judgeBody(found, bodyText)];
}

function covers(known: string, name: string): boolean {
  return known.endsWith('*') ? name.startsWith(known.slice(0, -1)) : known === name;
}

function judgeBody({ body }: Operation, text: string): readonly string[] {
  if (text === '') return body.kind === 'required' ? ['the request has no body'] : [];
  if (body.kind === 'none') return ['the call has no request body'];
  return unlike(body.schema, text, 'request');
}

function judgeAnswer(found: Operation | undefined, { status, answerBody }: Exchange): readonly string[] {
  if (status >= 400) return judgeRefusal(found, status, answerBody);
  const shape = found?.answers[status];
  if (shape === undefined) return [`${status} is not published`];
  if (shape !== 'empty') return unlike(shape, answerBody, `${status} answer`);
  return answerBody === '' ? [] : [`${status} answer: has a body`];
}

function judgeRefusal(found: Operation | undefined, status: number, answerBody: string): readonly string[] {
  const known = [...commonRefusals, ...statusesOfTheEmulator, ...(found?.refusals ?? [])].includes(status);
  return [
    ...(known ? [] : [`the refusal ${status} is not documented`]),
    ...unlike(errorBody, answerBody, `${status} answer`),
  ];
}

function unlike(schema: z.ZodType, text: string, what: string): readonly string[] {
  const value = parse(text);
  if (value === notJson) return [`${what}: is not JSON`];
  const result = schema.safeParse(value);
  return result.success ? [] : result.error.issues.flatMap(describe).map((issue) => `${what}: ${issue}`);
}

const notJson = Symbol('not JSON');

function parse(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return notJson;
  }
}

/** Of a choice of shapes the nearest one speaks. */
function describe(issue: z.core.$ZodIssue): readonly string[] {
  const where = issue.path.join('.') || 'the whole';
  if (issue.code !== 'invalid_union') return [`${where}: ${issue.message}`];
  const nearest = issue.errors.toSorted((one, other) => weigh(one) - weigh(other))[0] ?? [];
  return nearest.flatMap((inner) => describe({ ...inner, path: [...issue.path, ...inner.path] }));
}

/** A shape of another type is far away, and so is one that does not know what is there. */
function weigh(issues: readonly z.core.$ZodIssue[]): number {
  const weights = issues.map((issue) => {
    if (issue.code === 'unrecognized_keys') return issue.keys.length;
    return issue.code === 'invalid_type' && issue.path.length === 0 ? 100 : 1;
  });
  return weights.reduce((sum, weight) => sum + weight, 0);
}
