import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Answer, isBusy, isSuccess } from './answer.js';
import { readArchive } from './archive-file.js';
import type { ArchiveAttempt } from './archive-verdicts.js';
import { type ClaimId, claims } from './claims.js';
import type { Conversation } from './conversation.js';
import type { ObjectEndpoint } from './object-endpoint.js';
import { type Exchange, notChecked, type Verdict } from './verdict.js';

export type PostCall = 'configure' | 'archive-to-r2' | 'restore-from-r2' | 'resume';

export interface TrialParts {
  readonly conversation: Conversation;
  readonly endpoint: ObjectEndpoint;
  readonly secret: string;
  readonly dir: string;
  readonly projectId: string;
  /** Whether the server was nobody's when it was found. */
  readonly isFresh: boolean;
  readonly kind: 'full' | 'basic';
  /** The largest that the server has seen. */
  readonly epoch: number;
  /** Answered by the project itself. */
  readonly path: string;
  /** Takes a PUT that is kept in the database; `{n}` is replaced. */
  readonly writePath: string | undefined;
  readonly restart: (() => Promise<void>) | undefined;
}

/** Why the rest cannot be checked. */
export class CannotGoOn extends Error {
  override readonly name = 'CannotGoOn';
}

export interface PostOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** What is told of the call, where its body is what matters. */
  readonly remark?: string;
}

const maxBusyTries = 20;
const busyPauseMs = 100;

/** One server while it is checked: what is said to it, in which epoch, and the verdicts so far. */
export class Trial {
  readonly parts: TrialParts;
  readonly deployKey = `vdk_check_${randomBytes(12).toString('hex')}`;
  readonly #verdicts = new Map<ClaimId, Verdict>();
  #epoch: number;
  #archives = 0;
  /** The first archive that the server made, as a file; whatever is restored is made of it. */
  firstArchive: string | undefined;

  constructor(parts: TrialParts) {
    this.parts = parts;
    this.#epoch = parts.epoch;
  }

  get epoch(): number {
    return this.#epoch;
  }

  nextEpoch(): number {
    return ++this.#epoch;
  }

  /** A basic server may leave out what its claim says; a claim that is judged twice holds if it holds both times. */
  judge(id: ClaimId, verdict: Verdict): void {
    const optional = this.parts.kind === 'basic' && claims[id].basic === 'may leave out';
    const judged =
      optional && verdict.kind === 'does_not_hold' ? notChecked('A basic server may leave this out.') : verdict;
    if (this.#verdicts.get(id)?.kind !== 'does_not_hold') this.#verdicts.set(id, judged);
  }

  verdict(id: ClaimId): Verdict | undefined {
    return this.#verdicts.get(id);
  }

  /** For people: what the project itself answers. */
  visit(headers: Readonly<Record<string, string>> = {}): Promise<Exchange> {
    return this.#exchange('', { method: 'GET', path: this.parts.path, headers });
  }

  status(): Promise<Exchange> {
    return this.#exchange('', { method: 'GET', path: '/internal/status', headers: this.bearer });
  }

  post(call: PostCall, epoch: number, body: unknown = {}, options: PostOptions = {}): Promise<Exchange> {
    const headers = { ...this.bearer, 'valet-epoch': String(epoch), ...options.headers };
    const remark = `, epoch ${epoch}${options.remark === undefined ? '' : `, ${options.remark}`}`;
    return this.send('POST', `/internal/${call}`, headers, body, remark);
  }

  /** A text or a buffer is sent as it is, anything else as JSON. */
  send(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
    body?: unknown,
    remark = '',
  ): Promise<Exchange> {
    const bytes = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    const type = bytes === undefined ? {} : { 'content-type': 'application/json' };
    const said = bytes === undefined ? {} : { body: bytes };
    return this.#exchange(remark, { method, path, headers: { ...type, ...headers }, ...said });
  }

  get bearer(): Readonly<Record<string, string>> {
    return { authorization: `Bearer ${this.parts.secret}`, accept: 'application/json' };
  }

  configure(epoch: number, projectId = this.parts.projectId): Promise<Exchange> {
    const body = { project_id: projectId, deploy_key: this.deployKey };
    return this.post('configure', epoch, body, { remark: `project ${projectId}` });
  }

  archiveOrder(): { readonly r2_key: string; readonly upload_url: string } {
    const key = `projects/${this.parts.projectId}/check-${++this.#archives}.sqlite`;
    return { r2_key: key, upload_url: this.parts.endpoint.urlOf(key) };
  }

  restoreOrder(key: string, sha256 = this.parts.endpoint.object(key)?.sha256 ?? '') {
    return { r2_key: key, r2_checksum: sha256, download_url: this.parts.endpoint.urlOf(key) };
  }

  /** Asked again while it is busy, which is its right. `onBusy` is told how often that was. */
  async archive(epoch: number, order = this.archiveOrder(), onBusy?: (times: number) => void): Promise<ArchiveAttempt> {
    for (let tries = 1; ; tries++) {
      const { sent, answer } = await this.post('archive-to-r2', epoch, order);
      if (!isBusy(answer) || tries >= maxBusyTries) return this.#attempt(sent, answer, order.r2_key, epoch);
      onBusy?.(tries);
      await delay(busyPauseMs);
    }
  }

  fileOf(name: string): string {
    return join(this.parts.dir, `${name}.sqlite`);
  }

  #attempt(sent: string, answer: Answer, key: string, epoch: number): ArchiveAttempt {
    const { projectId, kind, endpoint } = this.parts;
    const stored = isSuccess(answer) ? endpoint.object(key) : undefined;
    const contents = stored === undefined ? undefined : readArchive(stored.path);
    return { sent, answer, key, projectId, epoch, kind, stored, contents };
  }

  async #exchange(remark: string, ask: Parameters<Conversation['ask']>[0]): Promise<Exchange> {
    return { sent: `${ask.method} ${ask.path}${remark}`, answer: await this.parts.conversation.ask(ask) };
  }
}
