import type { z } from 'zod';

/** A header of an answer, for the OpenAPI document. */
export interface AnswerHeader {
  readonly type: 'string' | 'integer';
  readonly description: string;
}

/** What a route says of itself beyond its schema. The server acts on it, and the OpenAPI document tells of it. */
declare module 'fastify' {
  interface FastifyContextConfig {
    /** Statuses of the problems that its work may meet. Those that follow from its schema need not be named. */
    readonly problems?: readonly number[];
    /** It is read repeatedly: its answers carry an ETag, and who has the newest gets 304. */
    readonly conditional?: boolean;
    /** No body is the same as an empty one. */
    readonly bodyOptional?: boolean;
    /** One step of its work: who accepts lines gets each as it happens. */
    readonly step?: z.ZodType;
    /** Headers of its answer when all goes well. */
    readonly headers?: Readonly<Record<string, AnswerHeader>>;
  }
}
