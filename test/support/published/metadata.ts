import { z } from 'zod';
import { strings, time } from './values.js';

export const metadataMap = strings;

/** Null and the empty string remove a key. */
export const metadataUpdate = z.strictObject({
  metadata: z.record(z.string(), z.string().nullable()),
  machine_version: z.exactOptional(z.string()),
  updated_at: z.exactOptional(time),
});

export const metadataValueUpdate = z.strictObject({ value: z.string(), updated_at: z.exactOptional(time) });
export const metadataValue = z.strictObject({ value: z.string() });
