import { createHash } from 'node:crypto';

export interface Secret {
  readonly name: string;
  readonly value: string;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

interface Kept {
  readonly version: number;
  readonly secrets: ReadonlyMap<string, Secret>;
}

const none: Kept = { version: 0, secrets: new Map() };

/** The apps' secrets. Every change makes a new version of all of an app's. */
export class Secrets {
  readonly #byApp = new Map<string, Kept>();
  readonly #nowMs: () => number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  list(app: string): readonly Secret[] {
    return [...this.#kept(app).secrets.values()];
  }

  find(app: string, name: string): Secret | undefined {
    return this.#kept(app).secrets.get(name);
  }

  /** 0 before the first. */
  versionOf(app: string): number {
    return this.#kept(app).version;
  }

  /** Sets those that have a value and removes those with null. @returns the new version */
  update(app: string, values: Readonly<Record<string, string | null>>): number {
    const before = this.#kept(app);
    const secrets = new Map(before.secrets);
    const nowMs = this.#nowMs();
    for (const [name, value] of Object.entries(values)) {
      if (value === null) secrets.delete(name);
      else secrets.set(name, { name, value, createdAtMs: secrets.get(name)?.createdAtMs ?? nowMs, updatedAtMs: nowMs });
    }
    const version = before.version + 1;
    this.#byApp.set(app, { version, secrets });
    return version;
  }

  /** What a machine of the app has in its environment when it boots. */
  environmentOf(app: string): Readonly<Record<string, string>> {
    return Object.fromEntries(this.list(app).map(({ name, value }) => [name, value]));
  }

  forget(app: string): void {
    this.#byApp.delete(app);
  }

  #kept(app: string): Kept {
    return this.#byApp.get(app) ?? none;
  }
}

/** Tells values apart without showing them. */
export function digestOf(secret: Secret): string {
  return createHash('sha256').update(secret.value).digest('hex').slice(0, 16);
}
