/** An archive or a wake may own its project for 15 minutes; its answer needs a little longer. */
export const workTimeoutMs = 16 * 60_000;
