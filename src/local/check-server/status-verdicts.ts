import { z } from 'zod';
import { type Answer, isSuccess, sayAnswer } from './answer.js';
import { broken, type Exchange, holds, type Verdict } from './verdict.js';

const statusMarks = ['ready', 'project_id', 'epoch', 'serving', 'quiesced'] as const;

/** As the control plane reads it. */
const statusSchema = z.object({
  ready: z.boolean().optional(),
  project_id: z.string().nullish(),
  epoch: z.int().nullish(),
  serving: z.boolean().optional(),
  quiesced: z.boolean().optional(),
  open_connections: z.int().nullish(),
  last_activity_at: z.string().nullish(),
  tables: z.record(z.string(), z.number()).nullish(),
});
export type Status = z.infer<typeof statusSchema>;

/** Null if it is none. */
export function statusIn(answer: Answer): Status | null {
  const { body } = answer;
  if (!isSuccess(answer) || body === null || !statusMarks.some((mark) => mark in body)) return null;
  return statusSchema.safeParse(body).data ?? null;
}

export function judgeStatusShape({ sent, answer }: Exchange): Verdict {
  if (statusIn(answer) !== null) return holds;
  const [issue] = statusSchema.safeParse(answer.body).error?.issues ?? [];
  const why =
    isSuccess(answer) && answer.body !== null && issue !== undefined
      ? `${issue.path.join('.')}: ${issue.message}`
      : `wanted a JSON object with one of ${statusMarks.join(', ')}`;
  return broken(sent, `${sayAnswer(answer)}; ${why}`);
}

export function judgeStatus({ sent, answer }: Exchange, fits: (status: Status) => boolean, wanted: string): Verdict {
  const status = statusIn(answer);
  return status !== null && fits(status) ? holds : broken(sent, `${sayAnswer(answer)}; wanted ${wanted}`);
}
