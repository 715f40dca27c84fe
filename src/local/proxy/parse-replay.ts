import { z } from 'zod';

/** What an answer asks of the proxy, in header or JSON form. Source: fly.io/docs/networking/dynamic-request-routing */
export interface Replay {
  readonly app?: string | undefined;
  readonly instance?: string | undefined;
  readonly preferInstance?: string | undefined;
  /** In order of preference; `any` is every region. */
  readonly regions?: readonly string[] | undefined;
  readonly state?: string | undefined;
  readonly elsewhere: boolean;
  readonly timeoutMs?: number | undefined;
  readonly fallback?: Fallback | undefined;
  readonly transform?: Transform | undefined;
}

export type Fallback = 'force_self' | 'prefer_self';

export interface Transform {
  readonly path?: string | undefined;
  readonly delete_headers?: readonly string[] | undefined;
  readonly set_headers?: readonly { readonly name: string; readonly value: string }[] | undefined;
}

/** Fly refuses an invalid one as PA03. */
export type ParsedReplay =
  | { readonly kind: 'replay'; readonly replay: Replay }
  | { readonly kind: 'invalid'; readonly why: string };

const unitMs: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

const duration = z.string().transform((text, context) => {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(us|ms|s|m|h)$/.exec(text) ?? [];
  const factor = unit === undefined ? undefined : unitMs[unit];
  if (amount !== undefined && factor !== undefined) return Number(amount) * factor;
  context.addIssue({ code: 'custom', message: 'needs a number and a unit such as 10s or 800ms' });
  return z.NEVER;
});

const name = z.string().regex(/^[\w-]+$/);
const headerName = z.string().regex(/^[!#$%&'*+.^_`|~\w-]+$/);
const printable = z.string().regex(/^[\x20-\x7e]*$/);
const yesOrNo = z.union([z.boolean(), z.enum(['true', 'false']).transform((word) => word === 'true')]);
const regions = z
  .string()
  .regex(/^\s*[a-z]+(\s*,\s*[a-z]+)*\s*$/)
  .transform((list) => list.split(',').map((region) => region.trim()));

const fields = {
  app: name.optional(),
  instance: name.optional(),
  prefer_instance: name.optional(),
  region: regions.optional(),
  state: printable.optional(),
  elsewhere: yesOrNo.optional(),
  timeout: duration.optional(),
  fallback: z.enum(['force_self', 'prefer_self']).optional(),
};

const headerForm = z.strictObject(fields);

const jsonForm = z.strictObject({
  ...fields,
  transform: z
    .strictObject({
      path: z.string().regex(/^\/[\x21-\x7e]*$/),
      delete_headers: z.array(headerName),
      set_headers: z.array(z.strictObject({ name: headerName, value: printable })),
    })
    .partial()
    .optional(),
  // The replay cache is an optimisation that nobody may rely on: understood, never kept.
  cache: z.unknown().optional(),
  allow_bypass: z.unknown().optional(),
});

export function parseReplayHeader(header: string): ParsedReplay {
  const pairs = header.matchAll(/\s*([^=;\s]+)\s*=\s*(?:"([^"]*)"|([^;]*?))\s*(?:;|$)/gy);
  const found: Record<string, string> = {};
  let length = 0;
  for (const [whole, key = '', quoted, plain = ''] of pairs) {
    if (Object.hasOwn(found, key)) return { kind: 'invalid', why: `names ${key} twice` };
    found[key] = quoted ?? plain;
    length += whole.length;
  }
  if (length === 0 || length < header.trimEnd().length) return { kind: 'invalid', why: 'is not a list of key=value' };
  return checked(headerForm.safeParse(found));
}

export function parseReplayJson(body: string): ParsedReplay {
  try {
    return checked(jsonForm.safeParse(JSON.parse(body)));
  } catch {
    return { kind: 'invalid', why: 'is not JSON' };
  }
}

type Form = z.infer<typeof headerForm> & { readonly transform?: Transform | undefined };

function checked(result: z.ZodSafeParseResult<Form>): ParsedReplay {
  if (!result.success) return { kind: 'invalid', why: z.prettifyError(result.error).replaceAll('\n', ' ') };
  const { prefer_instance, region, timeout, elsewhere, ...same } = result.data;
  const replay = { ...same, preferInstance: prefer_instance, regions: region, timeoutMs: timeout };
  return { kind: 'replay', replay: { ...replay, elsewhere: elsewhere ?? false } };
}
