import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { machineApp } from '../platform/options.js';
import type { LocalPlatform } from '../platform/platform.js';
import { runToEnd, withArgs } from '../platform/program.js';
import { valetProgram } from '../programs.js';
import type { Visitor } from './visitor.js';

const flyMachine = z.object({ id: z.string(), state: z.string(), instance_id: z.string(), region: z.string() });
const flyVolume = z.object({ id: z.string(), state: z.string(), attached_machine_id: z.string().nullish() });
const ownMachine = z.object({
  id: z.string(),
  state: z.string(),
  project_id: z.string().nullable(),
  fly_id: z.string().nullable(),
  volume_id: z.string().nullable(),
});
const pool = z.object({ target: z.number(), ready: z.number(), provisioning: z.number() });

const archived = z.object({
  state: z.literal('dormant'),
  machine_id: z.null(),
  archive: z.object({ r2_checksum: z.string(), size_bytes: z.number(), proven_at: z.string() }),
});

export type FlyMachineSeen = z.infer<typeof flyMachine>;

/** How often a condition is looked at, and how long it may take: after a crash, work resumes within a period and 20 s. */
const pollMs = 50;
const conditionTimeoutMs = 45_000;

/** Looks at both sides, what Fly lists and what Valet says, and never believes one about the other. */
export class Witness {
  readonly #platform: LocalPlatform;
  readonly #visitor: Visitor;

  constructor(platform: LocalPlatform, visitor: Visitor) {
    this.#platform = platform;
    this.#visitor = visitor;
  }

  /** Machines that Fly lists and that are not destroyed. */
  async flyMachines(): Promise<FlyMachineSeen[]> {
    const machines = await this.#fly(z.array(flyMachine), 'machines');
    return machines.filter((machine) => machine.state !== 'destroyed');
  }

  async flyMachine(id: string): Promise<FlyMachineSeen> {
    return this.#fly(flyMachine, `machines/${id}`);
  }

  /** Volumes that Fly lists and that are not on their way out. */
  async flyVolumes(): Promise<string[]> {
    const volumes = await this.#fly(z.array(flyVolume), 'volumes');
    return volumes.filter((volume) => volume.state === 'created').map((volume) => volume.id);
  }

  pool() {
    return this.#valet(pool, '/api/pool');
  }

  /** @throws unless the project is dormant with a proven archive */
  archivedProject(id: string) {
    return this.#valet(archived, `/api/projects/${id}`);
  }

  /** Every machine that Valet has or has had. */
  async ownMachines() {
    return (await this.#valet(z.object({ machines: z.array(ownMachine) }), '/api/machines?limit=500')).machines;
  }

  /** Runs a `valet` command against the platform over HTTP and answers what it printed. */
  async command<Schema extends z.ZodType>(
    schema: Schema,
    args: readonly string[],
    signal: AbortSignal,
  ): Promise<z.output<Schema>> {
    const env = { ...this.#platform.env, VALET_URL: this.#platform.publicUrl };
    const { exitCode, stdout, stderr } = await runToEnd(withArgs(valetProgram(), ...args, '--json'), env, signal);
    if (exitCode !== 0) throw new Error(`valet ${args.join(' ')} exited with ${exitCode}: ${stderr || stdout}`);
    return schema.parse(JSON.parse(stdout));
  }

  /** Looks until it holds. @throws saying what was missing */
  async until<T>(what: string, look: () => Promise<T | undefined | false>, signal: AbortSignal): Promise<T> {
    const deadline = performance.now() + conditionTimeoutMs;
    for (;;) {
      const found = await look();
      if (found !== undefined && found !== false) return found;
      if (performance.now() > deadline)
        throw new Error(`After ${conditionTimeoutMs / 1000} s it still does not hold that ${what}.`);
      await sleep(pollMs, undefined, { signal });
    }
  }

  #fly<Schema extends z.ZodType>(schema: Schema, path: string): Promise<z.output<Schema>> {
    const { url, token } = this.#platform.fly;
    return this.#visitor.read(schema, `${url}/v1/apps/${machineApp}/${path}`, { bearer: token });
  }

  #valet<Schema extends z.ZodType>(schema: Schema, path: string): Promise<z.output<Schema>> {
    return this.#visitor.read(schema, `${this.#platform.publicUrl}${path}`, { bearer: this.#platform.secret });
  }
}
