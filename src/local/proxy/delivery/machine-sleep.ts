import type { Autostop, HostedMachine } from '../../fly/machine-host.js';
import type { Connections } from './connections.js';

/** Puts machines to sleep and wakes them, one thing at a time per machine. */
export class MachineSleep {
  readonly #connections: Connections;
  readonly #fallingAsleep = new Map<string, Promise<void>>();
  readonly #waking = new Map<string, Promise<void>>();

  constructor(connections: Connections) {
    this.#connections = connections;
  }

  /**
   * Takes it out of the choice, ends its WebSockets, then stops or suspends it. Resolves when it sleeps. What else is
   * open stays open: a stop breaks it off. Source: community.fly.io, thread 27544
   */
  putToSleep(machine: HostedMachine, kind: Exclude<Autostop, 'off'>): Promise<void> {
    return shared(this.#fallingAsleep, machine.id, async () => {
      await this.#connections.sendAway(machine.id);
      await machine.autostop(kind);
    });
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
