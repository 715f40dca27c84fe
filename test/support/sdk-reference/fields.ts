import { z } from 'zod';
import { root } from '../documents.js';
import type { Exported } from './model.js';

type Json = z.core.JSONSchema.BaseSchema;

/** The fields that a schema has, one a line with its type and its meaning: its type alone would say neither bounds nor meaning. */
export async function fieldsOf({ file, schema }: Exported): Promise<readonly string[]> {
  if (schema === undefined) return [];
  const module: Readonly<Record<string, unknown>> = await import(`${root}/src/${file}`);
  const found = module[schema.name];
  if (!(found instanceof z.ZodType)) throw new Error(`${schema.name} in ${file} is no schema.`);
  const whole = z.toJSONSchema(found, { io: schema.io, unrepresentable: 'any' });
  // One with a name of its own is described beside, under that.
  const json = (whole.$ref && whole.$defs?.[nameIn(whole.$ref)]) || whole;
  if (json.anyOf !== undefined || json.oneOf !== undefined || json.properties === undefined) {
    const either = json.anyOf ?? json.oneOf ?? [json];
    return either.map((one) => `- \`${typeOf(one)}\`${meaningOf(one)}`);
  }
  const required = new Set(json.required);
  return Object.entries(json.properties).map(([name, field]) => {
    const isOptional = !required.has(name);
    return `- \`${name}${isOptional ? '?' : ''}: ${typeOf(field)}\`${meaningOf(field)}`;
  });
}

function typeOf(json: Json | boolean): string {
  if (typeof json === 'boolean') return 'unknown';
  if (json.$ref !== undefined) return nameIn(json.$ref);
  // A shape with a name of its own, which is told where that stands.
  if (json.id !== undefined) return json.id;
  if (json.const !== undefined) return literal(json.const);
  if (json.enum !== undefined) return json.enum.map(literal).join(' | ');
  const either = json.anyOf ?? json.oneOf;
  if (either !== undefined) return either.map(typeOf).join(' | ');
  if (json.type === 'array') return arrayOf(json.items);
  if (json.type === 'object') return objectOf(json);
  if (json.type === 'integer') return 'number';
  return Array.isArray(json.type) ? json.type.join(' | ') : (json.type ?? 'unknown');
}

function nameIn(ref: string): string {
  return ref.slice(ref.lastIndexOf('/') + 1);
}

function arrayOf(items: Json['items']): string {
  const item = items === undefined || Array.isArray(items) ? 'unknown' : typeOf(items);
  return /[ |]/.test(item) && !item.startsWith('{') ? `(${item})[]` : `${item}[]`;
}

function objectOf({ properties, required = [], additionalProperties }: Json): string {
  if (properties === undefined)
    return `Record<string, ${additionalProperties === undefined ? 'unknown' : typeOf(additionalProperties)}>`;
  const fields = Object.entries(properties).map(
    ([name, field]) => `${name}${required.includes(name) ? '' : '?'}: ${typeOf(field)}`,
  );
  return `{ ${fields.join('; ')} }`;
}

function meaningOf(json: Json | boolean): string {
  if (typeof json === 'boolean') return '';
  const bounds = [
    ...(json.minimum !== undefined ? [`at least ${json.minimum}`] : []),
    ...(json.maximum !== undefined && json.maximum < Number.MAX_SAFE_INTEGER ? [`at most ${json.maximum}`] : []),
    ...(json.default !== undefined ? [`${JSON.stringify(json.default)} if left out`] : []),
    ...(json.format === 'date-time' ? ['RFC 3339, UTC'] : []),
  ];
  const told = [
    ...(json.description === undefined ? [] : [json.description]),
    ...(bounds.length > 0 ? [`(${bounds.join('; ')})`] : []),
  ];
  return told.length > 0 ? ` — ${told.join(' ')}` : '';
}

function literal(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : String(value);
}
