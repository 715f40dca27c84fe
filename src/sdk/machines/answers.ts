import { z } from 'zod';
import { type Manifest, manifestSchema } from '../archives/manifest.js';

const valetStatusSchema = z.object({
  ready: z.boolean().default(true),
  project_id: z.string().nullable().default(null),
  epoch: z
    .number()
    .int()
    .nullish()
    .transform((epoch) => epoch ?? 0),
  serving: z.boolean().default(false),
  quiesced: z.boolean().default(false),
  open_connections: z.number().int().nullable().default(null),
  last_activity_at: z.string().nullable().default(null),
  tables: z.record(z.string(), z.number()).nullable().default(null),
});

/** The status of a server that speaks the whole protocol; what it does not say has the value of one that has just begun. */
export interface ValetStatus {
  readonly ready: boolean;
  readonly project_id: string | null;
  /** The largest that the machine has seen; 0 before the first. */
  readonly epoch: number;
  readonly serving: boolean;
  readonly quiesced: boolean;
  readonly open_connections: number | null;
  /** RFC 3339. */
  readonly last_activity_at: string | null;
  /** Rows of each table. */
  readonly tables: Readonly<Record<string, number>> | null;
}

/** At least one of these shows that it is a status at all and not another program's page. */
const statusMarks = ['ready', 'project_id', 'epoch', 'serving', 'quiesced'] as const;

/** What a project server says of itself; a basic one says nothing. */
export type MachineStatus =
  | ({ readonly kind: 'valet' } & ValetStatus)
  /** A project server that knows only configure and archive. */
  | { readonly kind: 'basic' };

/** Null if the text is no status. */
export function parseStatus(text: string): MachineStatus | null {
  const body = parseObject(text);
  if (body === null || !statusMarks.some((mark) => mark in body)) return null;
  const status = valetStatusSchema.safeParse(body);
  return status.success ? { kind: 'valet', ...status.data } : null;
}

/** What a machine says that it has uploaded; or that it is in use, and why. */
export type ArchiveAnswer =
  | {
      readonly kind: 'archived';
      readonly r2_key: string;
      /** Of unknown format from a basic server, which may also leave it out. */
      readonly r2_checksum: string | null;
      readonly size: number | null;
      readonly manifest: Manifest | null;
    }
  | { readonly kind: 'busy'; readonly reason: string };

/** Of S3, in bytes; a key of that many characters is refused by the store if it is longer. */
const maxKeyBytes = 1024;

const archivedSchema = z.object({
  r2_key: z.string().min(1).max(maxKeyBytes),
  r2_checksum: z.string().nullable().default(null),
  size: z.number().int().nonnegative().nullable().default(null),
  manifest: manifestSchema.nullable().default(null),
});

/** Null if the text does not say where the archive is. */
export function parseArchived(text: string): ArchiveAnswer | null {
  const archived = archivedSchema.safeParse(parseObject(text));
  return archived.success ? { kind: 'archived', ...archived.data } : null;
}

export interface MachineRefusal {
  /** Such as `busy`, `stale_epoch`, `other_project`. */
  readonly code: string | null;
  readonly reason: string;
  /** Whom it says that it serves, where the refusal is about that. */
  readonly projectId: string | null;
  /** The largest epoch that it has seen, where the refusal is about that. */
  readonly epoch: number | null;
}

const refusalSchema = z.object({
  code: z.string().optional().catch(undefined),
  reason: z.string().optional().catch(undefined),
  detail: z.string().optional().catch(undefined),
  error: z.string().optional().catch(undefined),
  message: z.string().optional().catch(undefined),
  project_id: z.string().optional().catch(undefined),
  epoch: z.int().optional().catch(undefined),
});

const maxReasonChars = 300;

/** A project's server is not ours: what it says is shortened, and addresses are cut out, since presigned ones are keys. */
export function parseRefusal(text: string): MachineRefusal {
  const body = refusalSchema.safeParse(parseObject(text)).data;
  const said = body?.reason ?? body?.detail ?? body?.message ?? body?.error ?? text;
  const reason = said
    .replace(/https?:\/\/\S+/gi, '[address]')
    .slice(0, maxReasonChars)
    .trim();
  return {
    code: body?.code ?? null,
    reason: reason || 'no reason given',
    projectId: body?.project_id ?? null,
    epoch: body?.epoch ?? null,
  };
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : null;
  } catch {
    return null;
  }
}
