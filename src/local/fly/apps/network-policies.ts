import { newPolicyId } from '../ids.js';

export interface PolicyOrder {
  readonly id: string | undefined;
  readonly name: string;
  readonly selector: unknown;
  readonly rules: unknown;
}

export interface NetworkPolicy extends PolicyOrder {
  readonly id: string;
}

/** The apps' network policies: bookkeeping, no connection is refused by them. */
export class NetworkPolicies {
  readonly #byApp = new Map<string, ReadonlyMap<string, NetworkPolicy>>();

  /** Makes a new one, or replaces the one of that id; undefined when there is none of that id. */
  put(app: string, order: PolicyOrder): NetworkPolicy | undefined {
    if (order.id !== undefined && this.#of(app).get(order.id) === undefined) return undefined;
    const policy = { ...order, id: order.id ?? newPolicyId() };
    this.#byApp.set(app, new Map([...this.#of(app), [policy.id, policy]]));
    return policy;
  }

  list(app: string): readonly NetworkPolicy[] {
    return [...this.#of(app).values()];
  }

  /** False when there is none of that id. */
  remove(app: string, id: string): boolean {
    const policies = new Map(this.#of(app));
    const removed = policies.delete(id);
    this.#byApp.set(app, policies);
    return removed;
  }

  forget(app: string): void {
    this.#byApp.delete(app);
  }

  #of(app: string): ReadonlyMap<string, NetworkPolicy> {
    return this.#byApp.get(app) ?? new Map();
  }
}
