import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Correlation } from '../../sdk/correlation.js';
import type { ServerStatus } from '../../sdk/resources.js';
import type { Router } from '../../sdk/routing/router.js';
import type { ActivityReports, CreateLimit } from '../../sdk/serving.js';
import type { ValetCalls } from '../../sdk/valet.js';
import type { Auth } from '../auth.js';
import type { InFlight } from '../in-flight.js';

export type Api = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** What the routes stand on. */
export interface ApiParts {
  readonly valet: ValetCalls;
  readonly activity: ActivityReports;
  readonly createLimit: CreateLimit;
  readonly router: Router;
  readonly status: () => ServerStatus;
  readonly auth: Auth;
  readonly inFlight: InFlight;
  readonly correlation: Correlation;
  readonly trustFlyProxy: boolean;
  readonly corsOrigins: readonly string[];
  readonly version: string;
  /** The name of the installation. */
  readonly environment: string;
  /** Streams of steps are silent no longer than this. */
  readonly heartbeatMs: number;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}
