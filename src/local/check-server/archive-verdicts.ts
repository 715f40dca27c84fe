import { z } from 'zod';
import { type Answer, isSuccess, sayAnswer } from './answer.js';
import type { ArchiveContents } from './archive-file.js';
import type { StoredObject } from './object-endpoint.js';
import { broken, eachFits, holds, notChecked, type Verdict } from './verdict.js';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** As the control plane reads it; a full server leaves nothing out. */
const fullAnswer = z.object({
  r2_key: z.string().min(1).max(1024),
  r2_checksum: sha256,
  size: z.int().nonnegative(),
  manifest: z.object({
    format: z.literal(1),
    project_id: z.string(),
    epoch: z.int(),
    created_at: z.iso.datetime(),
    size: z.int().nonnegative(),
    sha256,
    tables: z.record(z.string(), z.int().nonnegative()),
  }),
});
const basicAnswer = z.object({
  r2_key: z.string().min(1).max(1024),
  r2_checksum: z.string().nullish(),
  size: z.int().nonnegative().nullish(),
});

export interface ArchiveAttempt {
  readonly sent: string;
  readonly answer: Answer;
  readonly key: string;
  readonly projectId: string;
  readonly epoch: number;
  readonly kind: 'full' | 'basic';
  /** What was put to the URL that was given. */
  readonly stored: StoredObject | undefined;
  readonly contents: ArchiveContents | undefined;
}

export interface ArchiveVerdicts {
  readonly answer: Verdict;
  readonly key: Verdict;
  readonly length: Verdict;
  readonly bytes: Verdict;
  readonly sound: Verdict;
  readonly sentinel: Verdict;
  readonly manifest: Verdict;
}

export function judgeArchive(attempt: ArchiveAttempt): ArchiveVerdicts {
  const full = fullAnswer.safeParse(attempt.answer.body);
  const said = full.success ? full.data : null;
  return {
    answer: judgeAnswer(attempt, full.error),
    key: judgeKey(attempt),
    length: ofObject(attempt, ({ hadLength }) => (hadLength ? null : 'an upload without Content-Length')),
    bytes: said === null ? unread : ofObject(attempt, (stored) => differingBytes(said, stored)),
    sound: judgeSound(attempt),
    sentinel: ofContents(attempt, ({ sentinels }) => differingSentinel(sentinels, attempt.projectId)),
    manifest: said === null ? unread : ofContents(attempt, ({ tables }) => differing(said.manifest, attempt, tables)),
  };
}

const unread = notChecked('The answer could not be read.');

function judgeAnswer({ sent, answer, kind }: ArchiveAttempt, fault: z.ZodError | undefined): Verdict {
  const shown = kind === 'basic' ? basicAnswer.safeParse(answer.body).error : fault;
  if (isSuccess(answer) && shown === undefined) return holds;
  const [issue] = shown?.issues ?? [];
  const where = issue === undefined ? '' : `; ${issue.path.join('.') || 'the answer'}: ${issue.message}`;
  return broken(sent, `${sayAnswer(answer)}${isSuccess(answer) ? where : '; wanted 2xx'}`);
}

function judgeKey({ sent, answer, key, stored }: ArchiveAttempt): Verdict {
  const named = eachFits([{ sent, answer }], ({ body }) => body?.r2_key === key, `r2_key ${key}`);
  if (named.kind === 'does_not_hold' || stored !== undefined) return named;
  return broken(sent, 'nothing was put to the upload_url');
}

function judgeSound(attempt: ArchiveAttempt): Verdict {
  return ofContents(attempt, ({ quickCheck, tables }) => {
    if (quickCheck !== 'ok') return `a database that fails quick_check: ${quickCheck}`;
    return Object.keys(tables).length === 0 ? 'a database without a table' : null;
  });
}

function ofObject({ sent, stored }: ArchiveAttempt, fault: (stored: StoredObject) => string | null): Verdict {
  if (stored === undefined) return notChecked('Nothing was put to the upload_url.');
  const found = fault(stored);
  return found === null ? holds : broken(sent, found);
}

type Readable = Extract<ArchiveContents, { readable: true }>;

function ofContents(attempt: ArchiveAttempt, fault: (contents: Readable) => string | null): Verdict {
  const { contents, sent } = attempt;
  if (contents === undefined) return notChecked('Nothing was put to the upload_url.');
  if (!contents.readable) return broken(sent, `an object that SQLite cannot read: ${contents.why}`);
  const found = fault(contents);
  return found === null ? holds : broken(sent, found);
}

type Said = z.infer<typeof fullAnswer>;

function differingBytes({ size, r2_checksum, manifest }: Said, stored: StoredObject): string | null {
  if (size !== stored.size || manifest.size !== stored.size) {
    return `size ${size}, in the manifest ${manifest.size}; ${stored.size} bytes were uploaded`;
  }
  if (r2_checksum === stored.sha256 && manifest.sha256 === stored.sha256) return null;
  return `SHA-256 ${r2_checksum}, in the manifest ${manifest.sha256}; that of the upload is ${stored.sha256}`;
}

function differingSentinel(sentinels: readonly string[] | null, projectId: string): string | null {
  if (sentinels === null) return 'a database without a table _valet';
  if (sentinels.length !== 1) return `${sentinels.length} rows in _valet`;
  return sentinels[0] === projectId ? null : `project ${sentinels[0]} in _valet; wanted ${projectId}`;
}

function differing(
  manifest: Said['manifest'],
  { projectId, epoch }: ArchiveAttempt,
  tables: Readable['tables'],
): string | null {
  if (manifest.project_id !== projectId) return `project ${manifest.project_id} in the manifest; wanted ${projectId}`;
  if (manifest.epoch !== epoch) return `epoch ${manifest.epoch} in the manifest; wanted ${epoch}`;
  const names = [...new Set([...Object.keys(manifest.tables), ...Object.keys(tables)])];
  const name = names.find((table) => manifest.tables[table] !== tables[table]);
  if (name === undefined) return null;
  return `${manifest.tables[name] ?? 'no'} rows of table ${name} in the manifest, ${tables[name] ?? 'no'} in the object`;
}
