import { z } from 'zod';
import { type ApiDocument, callersOf, type Operation, operationsOf } from './api-document.js';

const begin = '<!-- From here on the page is written by `npm run docs`. -->';
const end = '<!-- Up to here. -->';

/** A page with its generated part replaced; what people wrote stays. */
export function withReference(text: string, document: ApiDocument): string {
  const [before, rest] = text.split(begin);
  const [, after] = rest?.split(end) ?? [];
  if (before === undefined || after === undefined) throw new Error('The page has no place for the reference.');
  return `${before}${begin}\n\n${referenceOf(document)}\n\n${end}${after}`;
}

/** The document as people read it: every route, and every shape that an answer has. */
function referenceOf(document: ApiDocument): string {
  const operations = operationsOf(document);
  const overview = ['| Route | Who | Does |', '| --- | --- | --- |', ...operations.map(overviewRow)].join('\n');
  const chapters = document.tags.map(({ name, description }) => {
    const own = operations.filter(({ tags }) => tags.includes(name));
    return [`### Routes: ${name}`, `${description}.`, ...own.map(operationText)].join('\n\n');
  });
  // By name: their own order is that in which modules were loaded.
  const byName = Object.entries(document.components.schemas).toSorted(([one], [other]) => (one < other ? -1 : 1));
  const shapes = byName.map(([name, shape]) => shapeText(name, shape));
  return [overview, ...chapters, '### Shapes', ...shapes].join('\n\n');
}

function overviewRow(operation: Operation): string {
  return `| ${routeOf(operation)} | ${whoOf(operation)} | ${operation.summary} |`;
}

function routeOf({ method, path }: Operation): string {
  return `\`${method} ${path.replace(/\{(\w+)\}/g, ':$1')}\``;
}

function whoOf(operation: Operation): string {
  const words: Readonly<Record<string, string>> = { machine: "the project's machine" };
  return callersOf(operation)
    .map((who) => words[who] ?? who)
    .join(', or ');
}

function operationText(operation: Operation): string {
  const { summary, parameters, requestBody, responses } = operation;
  const given = parameters.map(({ name, in: where, required, schema, description = '' }) => ({
    cells: [`\`${name}\``, where, typeOf(schema), description],
    required,
  }));
  const body = requestBody?.content['application/json'].schema;
  const inputs = [
    ...given,
    ...fieldsOf(body).map(({ cells: [name = '', type = '', means = ''], required }) => ({
      cells: [name, 'body', type, means],
      required,
    })),
  ];
  const table = inputs.map(
    ({ cells: [name, ...cells], required }) => `| ${name}${required ? ' (required)' : ''} | ${cells.join(' | ')} |`,
  );
  const inputTable =
    table.length === 0 ? [] : [['| Input | Where | Type | Means |', '| --- | --- | --- | --- |', ...table].join('\n')];
  return [
    `#### ${routeOf(operation)}`,
    `${summary}. For: ${whoOf(operation)}.`,
    ...inputTable,
    answersText(responses),
  ].join('\n\n');
}

function answersText(responses: Operation['responses']): string {
  const problems: string[] = [];
  const lines: string[] = [];
  for (const [status, { content, headers }] of Object.entries(responses)) {
    const types = Object.entries(content);
    const extra = Object.keys(headers).filter((name) => name !== 'X-Request-Id');
    if ('application/problem+json' in content) problems.push(`\`${status}\``);
    else if (types.length === 0) lines.push(`\`${status}\` without a body`);
    else {
      const bodies = types
        .map(([type, { schema }]) => (type === 'application/json' ? typeOf(schema) : `\`${type}\``))
        .join(', or ');
      lines.push(
        `\`${status}\` ${bodies}${extra.length === 0 ? '' : `, with ${extra.map((name) => `\`${name}\``).join(', ')}`}`,
      );
    }
  }
  const [first = ''] = lines;
  const good = [first, ...lines.slice(1)].join('; ');
  return `Answers ${good}.${problems.length === 0 ? '' : ` Problems: ${problems.join(' ')}.`}`;
}

function shapeText(name: string, shape: unknown): string {
  const rows = fieldsOf(shape).map(
    ({ cells, required }) => `| ${cells[0]}${required ? '' : ' (optional)'} | ${cells.slice(1).join(' | ')} |`,
  );
  return [`#### ${name}`, ['| Field | Type | Means |', '| --- | --- | --- |', ...rows].join('\n')].join('\n\n');
}

const objectSchema = z.looseObject({
  properties: z.record(z.string(), z.unknown()),
  required: z.array(z.string()).default([]),
});

function fieldsOf(schema: unknown): { readonly cells: readonly string[]; readonly required: boolean }[] {
  const object = objectSchema.safeParse(schema).data;
  return Object.entries(object?.properties ?? {}).map(([name, field]) => ({
    cells: [`\`${name}\``, typeOf(field), typeSchema.parse(field).description ?? ''],
    required: object?.required.includes(name) ?? false,
  }));
}

const typeSchema = z.looseObject({
  $ref: z.string().optional(),
  type: z.union([z.string(), z.array(z.string())]).optional(),
  enum: z.array(z.unknown()).optional(),
  anyOf: z.array(z.unknown()).optional(),
  items: z.unknown().optional(),
  format: z.string().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  default: z.unknown().optional(),
  description: z.string().optional(),
});

function typeOf(schema: unknown): string {
  const { $ref, type, enum: values, anyOf, items, format, minimum, maximum, default: usual } = typeSchema.parse(schema);
  if ($ref !== undefined) return linked($ref.split('/').at(-1) ?? '');
  if (anyOf !== undefined) return anyOf.map(typeOf).join(' or ');
  if (values !== undefined) return values.map((value) => `\`${value}\``).join(', ');
  if (type === 'array') return `list of ${typeOf(items)}`;
  const range = [
    ...(minimum !== undefined && minimum > Number.MIN_SAFE_INTEGER ? [`from ${minimum}`] : []),
    ...(maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER ? [`to ${maximum}`] : []),
  ];
  const words = [[type ?? 'anything'].flat().join(' or '), ...(format === undefined ? [] : [`(${format})`]), ...range];
  return `${words.join(' ')}${usual === undefined ? '' : `; ${usual} when left out`}`;
}

function linked(name: string): string {
  return `[${name}](#${name.toLowerCase()})`;
}
