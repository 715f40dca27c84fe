import { createHash } from 'node:crypto';
import type { Actor } from '../actor.js';
import type { IdempotencyTable } from '../database/idempotency.js';
import type { Guard, NewProject, ProjectRow, ProjectTable } from '../database/projects.js';
import { asError, ValetError } from '../errors.js';
import { whileOwned } from '../ownership.js';
import type { MachineSupply } from '../pool/supply.js';
import type { Configurator } from './configure.js';
import { newDeployKey } from './deploy-key.js';
import { madeUpId } from './made-up-id.js';
import type { ProjectId } from './project-id.js';
import type { Sealer } from './sealing.js';

export interface CreateParts {
  readonly projects: Pick<ProjectTable, 'find' | 'insertCreating' | 'activate' | 'rollBack' | 'renew'>;
  readonly idempotency: Pick<IdempotencyTable, 'find'>;
  readonly supply: Pick<MachineSupply, 'supply'>;
  readonly configurator: Pick<Configurator, 'configure'>;
  readonly sealer: Sealer;
  readonly owner: string;
  readonly actor: Actor;
  /** For those who name none. */
  readonly makeUpId?: () => ProjectId;
}

export interface CreateRequest {
  /** Undefined: one is made up. */
  readonly id: ProjectId | undefined;
  readonly region: string;
  readonly idempotencyKey: string | undefined;
}

/** Made-up ids collide about once in ten million; more than a few in a row is a fault. */
const maxInserts = 5;

/**
 * Creating a project.
 *
 *  1. insert the row, `creating`; a taken id ends here, and so does an idempotency key that has made a project before
 *  2. claim a warm machine, or provision one
 *  3. configure it
 *  4. activate
 *
 * A failure or a crash after 1 is rolled back: the machine retires, the row is removed, the id is free again.
 */
export class CreateJourney {
  readonly #parts: CreateParts;

  constructor(parts: CreateParts) {
    this.#parts = parts;
  }

  /** The id of the new project, or of the one that the same request with the same key has made before. */
  async create(request: CreateRequest, signal?: AbortSignal): Promise<ProjectId> {
    const inserted = await this.#insertOrFind(request);
    if (typeof inserted === 'string') return inserted;
    const guard: Guard = { id: inserted.id, epoch: inserted.epoch, owner: this.#parts.owner };
    try {
      await whileOwned(
        { subject: `Creating project ${inserted.id}`, renew: () => this.#parts.projects.renew(guard), signal },
        (owned) => this.#bringUp(inserted, guard, owned),
      );
      return inserted.id;
    } catch (error) {
      // If this statement fails too, the row's deadline passes and recovery rolls back.
      const rolledBack = await this.#parts.projects.rollBack(guard, asError(error).message).catch(() => undefined);
      if (rolledBack === false && (await this.#activatedAfterAll(guard))) return inserted.id;
      throw error;
    }
  }

  /** The answer to the last statement may be lost: then the row tells. */
  async #activatedAfterAll({ id, epoch }: Guard): Promise<boolean> {
    const now = await this.#parts.projects.find(id).catch(() => undefined);
    return now?.state === 'active' && now.epoch === epoch;
  }

  async #insertOrFind(request: CreateRequest): Promise<ProjectRow | ProjectId> {
    const idempotency = idempotencyOf(request);
    for (let attempt = 0; attempt < maxInserts; attempt++) {
      const before = await this.#madeBefore(idempotency);
      if (before !== undefined) return before;
      const id = request.id ?? (this.#parts.makeUpId ?? madeUpId)();
      const inserted = await this.#parts.projects.insertCreating({
        id,
        region: request.region,
        deployKeySealed: this.#parts.sealer.seal(newDeployKey(), id),
        owner: this.#parts.owner,
        actor: this.#parts.actor(),
        idempotency,
      });
      if (typeof inserted !== 'string') return inserted;
      if (inserted !== 'taken' || request.id === undefined) continue;
      // Taken, perhaps by this very request, sent twice at once.
      const meanwhile = await this.#madeBefore(idempotency);
      if (meanwhile === undefined) throw taken(request.id);
      return meanwhile;
    }
    throw new ValetError('internal', `No free project id was found in ${maxInserts} tries.`);
  }

  /** What the same request with the same key has made, if it was sent before. */
  async #madeBefore(idempotency: NewProject['idempotency']): Promise<ProjectId | undefined> {
    const before = idempotency && (await this.#parts.idempotency.find(idempotency.keyHash));
    if (before && before.requestHash !== idempotency.requestHash) throw keyReused();
    return before?.projectId;
  }

  async #bringUp(project: ProjectRow, guard: Guard, signal: AbortSignal): Promise<void> {
    const { projects, supply, configurator } = this.#parts;
    const machine = await supply.supply(
      guard,
      project.region,
      (candidate, owned) => configurator.configure(candidate, project, owned),
      signal,
    );
    if (await projects.activate(guard, machine.id)) return;
    throw new ValetError('state_changed', `Project ${project.id} was given up while it was being created.`);
  }
}

function idempotencyOf(request: CreateRequest): NewProject['idempotency'] {
  if (request.idempotencyKey === undefined) return undefined;
  const what = JSON.stringify([request.id ?? null, request.region]);
  return { keyHash: sha256(request.idempotencyKey), requestHash: sha256(what) };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function taken(id: ProjectId): ValetError {
  return new ValetError('project_id_taken', `The id "${id}" is already in use.`, {
    hint: 'Choose another id, or leave it out and one is made up. Ids of deleted projects are not given out again.',
  });
}

function keyReused(): ValetError {
  return new ValetError('idempotency_conflict', 'This Idempotency-Key was used with another request.', {
    hint: 'Use a new key for a new request.',
  });
}
