import { z } from 'zod';
import { time, whole } from './values.js';

const fields = {
  name: z.string(),
  digest: z.exactOptional(z.string()),
  created_at: z.exactOptional(time),
  updated_at: z.exactOptional(time),
  value: z.exactOptional(z.string().nullable()),
};

/** The published document writes both `version` and `Version`. */
const version = { version: z.exactOptional(whole), Version: z.exactOptional(whole) };

export const secret = z.strictObject(fields);
export const secrets = z.strictObject({ secrets: z.array(secret) });

/** Null removes a secret. */
export const secretsUpdate = z.strictObject({ values: z.record(z.string(), z.string().nullable()) });
export const secretsUpdated = z.strictObject({ secrets: z.exactOptional(z.array(secret)), ...version });
export const secretSet = z.strictObject({ value: z.string() });
export const secretSetAnswer = z.strictObject({ ...fields, ...version });
export const secretDeleted = z.strictObject(version);
