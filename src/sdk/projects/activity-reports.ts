import { createHash, timingSafeEqual } from 'node:crypto';
import type { RouteTable } from '../database/routes.js';
import type { ActivityReports } from '../serving.js';

export interface ActivityReportParts {
  readonly routes: Pick<RouteTable, 'machineName' | 'reportUse'>;
  readonly secretsOf: (machineName: string) => readonly string[];
}

/** Use that is reported instead of routed: long connections, or an operator. While archiving it is ignored. */
export class DirectActivityReports implements ActivityReports {
  readonly #parts: ActivityReportParts;

  constructor(parts: ActivityReportParts) {
    this.#parts = parts;
  }

  /** A machine's secret is derived from its name, so it is good for the project that the machine serves and no other. */
  async byMachine(projectId: string, bearer: string): Promise<'recorded' | 'ignored' | 'unauthorized'> {
    const name = await this.#parts.routes.machineName(projectId);
    if (name === undefined || !this.#parts.secretsOf(name).some((secret) => sameSecret(bearer, secret)))
      return 'unauthorized';
    return this.byOperator(projectId);
  }

  async byOperator(projectId: string): Promise<'recorded' | 'ignored'> {
    return (await this.#parts.routes.reportUse(projectId)) ? 'recorded' : 'ignored';
  }
}

/** Hashed first, so that the comparison takes the same time whatever the lengths. */
function sameSecret(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
