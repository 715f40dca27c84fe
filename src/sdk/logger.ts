/**
 * Who keeps a log. `console` is one, and so is a logger of pino. Fields are plain data without secrets; messages are
 * fixed texts, so that lines can be searched for. Must return at once; what it throws is swallowed.
 */
export interface Logger {
  /** What is of use only while something is looked into: each call and its time. */
  debug(fields: object, message: string): void;
  /** What is worth knowing and calls for nothing. */
  info(fields: object, message: string): void;
  /** What went wrong and is put right by itself, or by trying again. */
  warn(fields: object, message: string): void;
  /** What somebody should look at. */
  error(fields: object, message: string): void;
}

/** Who keeps none. */
export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** The same, one that nothing can be thrown out of: a log that fails must not fail the work that it tells of. */
export function harmless(logger: Logger): Logger {
  const write = (level: keyof Logger) => (fields: object, message: string) => {
    try {
      logger[level](fields, message);
    } catch {
      // There is nobody left to tell.
    }
  };
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}
