import type { Autostop, HostedMachine } from '../fly/machine-host.js';

/** Puts machines to sleep and wakes them, one thing at a time per machine. */
export class MachineSleep {
  readonly #fallingAsleep = new Map<string, Promise<void>>();
  readonly #waking = new Map<string, Promise<void>>();

  /** Resolves when it sleeps. */
  putToSleep(machine: HostedMachine, kind: Exclude<Autostop, 'off'>): Promise<void> {
    return shared(this.#fallingAsleep, machine.id, async () => machine.autostop(kind));
  }

  /** True while the machine may still say `started` although it is about to stop. */
  isFallingAsleep(machine: HostedMachine): boolean {
    return this.#fallingAsleep.has(machine.id);
  }

  /** Resolves when it is started; a machine on its way to sleep is waited for first. All callers share one start. */
  wake(machine: HostedMachine): Promise<void> {
    return shared(this.#waking, machine.id, async () => {
      await this.#fallingAsleep.get(machine.id)?.catch(() => undefined);
      await machine.start('proxy');
    });
  }
}

function shared(running: Map<string, Promise<void>>, id: string, act: () => Promise<void>): Promise<void> {
  const known = running.get(id);
  if (known) return known;
  const fresh = act().finally(() => running.delete(id));
  running.set(id, fresh);
  return fresh;
}
