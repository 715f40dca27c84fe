export interface ActivityReports {
  /** Base URL of the control plane. */
  readonly controlUrl: string;
  /** At most one report in so many seconds. */
  readonly everySecs: number;
}

const reportTimeoutMs = 5_000;

/**
 * Tells the control plane that the project is used. The first use is told at once, since the machine may be suspended
 * a moment later; further uses are told together when the interval is over. A report that fails is dropped: the next
 * use brings the next one, and the router has seen the request as well.
 */
export class ActivityReporter {
  readonly #reports: ActivityReports;
  readonly #secret: string;
  readonly #projectId: () => string | null;
  readonly #stopping = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #usedSinceReport = false;
  #sending = 0;

  constructor(reports: ActivityReports, secret: string, projectId: () => string | null) {
    this.#reports = reports;
    this.#secret = secret;
    this.#projectId = projectId;
  }

  used(): void {
    this.#usedSinceReport = true;
    if (this.#timer === undefined) this.#report();
  }

  /** Whether there was use that the control plane has not heard of, and may still hear of. */
  get unreported(): boolean {
    return this.#usedSinceReport || this.#sending > 0;
  }

  /** Does not wait for the interval to be over: asleep, nothing could be told. */
  reportNow(): void {
    if (!this.#usedSinceReport) return;
    clearTimeout(this.#timer);
    this.#report();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#stopping.abort();
  }

  #report(): void {
    this.#timer = undefined;
    const projectId = this.#projectId();
    if (!this.#usedSinceReport || projectId === null || this.#stopping.signal.aborted) return;
    this.#usedSinceReport = false;
    this.#timer = setTimeout(() => this.#report(), this.#reports.everySecs * 1000).unref();
    this.#sending += 1;
    void this.#send(projectId)
      .catch(() => undefined)
      .finally(() => {
        this.#sending -= 1;
      });
  }

  async #send(projectId: string): Promise<void> {
    const url = `${this.#reports.controlUrl.replace(/\/+$/, '')}/api/projects/${projectId}/activity`;
    const response = await fetch(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.#secret}` },
      redirect: 'error',
      signal: AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(reportTimeoutMs)]),
    });
    await response.body?.cancel();
  }
}
