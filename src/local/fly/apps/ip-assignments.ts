/** Kinds of addresses. Source: docs.machines.dev, and newer revisions of it for egress. */
export const ipTypes = ['v4', 'v6', 'shared_v4', 'private_v6', 'egress_v4', 'egress_v6'] as const;
export type IpType = (typeof ipTypes)[number];

export interface IpAssignment {
  readonly ip: string;
  readonly type: IpType;
  readonly region: string;
  readonly serviceName: string;
  readonly createdAtMs: number;
}

/** The apps' addresses: bookkeeping, no traffic is led by them. */
export class IpAssignments {
  readonly #byApp = new Map<string, readonly IpAssignment[]>();
  readonly #nowMs: () => number;
  #count = 0;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** An app has the shared address once, however often it asks. */
  assign(app: string, order: Pick<IpAssignment, 'type' | 'region' | 'serviceName'>): IpAssignment {
    const shared = this.list(app).find(({ type }) => type === 'shared_v4');
    if (order.type === 'shared_v4' && shared !== undefined) return shared;
    this.#count += 1;
    const assigned = { ...order, ip: addressOf(order.type, this.#count), createdAtMs: this.#nowMs() };
    this.#byApp.set(app, [...this.list(app), assigned]);
    return assigned;
  }

  list(app: string): readonly IpAssignment[] {
    return this.#byApp.get(app) ?? [];
  }

  /** False when the app has no such address. */
  release(app: string, ip: string): boolean {
    const before = this.list(app);
    const after = before.filter((assignment) => assignment.ip !== ip);
    this.#byApp.set(app, after);
    return after.length < before.length;
  }

  forget(app: string): void {
    this.#byApp.delete(app);
  }
}

/** Addresses that are set aside for examples and tests, so that nobody's is meant. Source: RFC 5737, 3849 and 2544. */
function addressOf(type: IpType, number: number): string {
  switch (type) {
    case 'v4':
    case 'egress_v4':
      return `198.18.${(number >> 8) & 255}.${number & 255}`;
    case 'shared_v4':
      return '203.0.113.1';
    case 'v6':
    case 'egress_v6':
      return `2001:db8::${number.toString(16)}`;
    case 'private_v6':
      return `fdaa:0:1:0:1::${number.toString(16)}`;
  }
}
