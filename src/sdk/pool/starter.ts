import { setTimeout as sleep } from 'node:timers/promises';
import type { MachineTable, WholeMachine } from '../database/machines.js';
import { codeOf, ValetError } from '../errors.js';
import type { FlyClient } from '../fly/client.js';
import type { MachineProtocol } from '../machines/protocol.js';
import { startDecision } from './start-decision.js';

export interface StarterParts {
  readonly fly: Pick<FlyClient, 'getMachine' | 'startMachine' | 'waitForState'>;
  readonly protocol: Pick<MachineProtocol, 'waitUntilReady'>;
  readonly machines: Pick<MachineTable, 'observed'>;
  /** Whether an error of Fly means that it does not know the machine. */
  readonly isGone: (error: unknown) => boolean;
}

/** Enough for suspending → suspended → starting → started with surprises on the way. */
const startTimeoutMs = 2 * 60_000;
const maxStarts = 3;
const stepTimeoutMs = 60_000;
/** For so long after a start Fly may still report the state from before it. */
const staleMs = 5_000;
const staleRestMs = 200;
const readyTimeoutMs = 60_000;
const watchMs = 3_000;
/** A machine may fall asleep between being started and being asked; more than that is a fault. */
const maxCalls = 3;

/** Machines may be suspended by Fly at any time, and a private name resolves only while they run: so start, then speak. */
export class MachineStarter {
  readonly #parts: StarterParts;

  constructor(parts: StarterParts) {
    this.#parts = parts;
  }

  /**
   * Makes a call to a machine that may be asleep, or fall asleep meanwhile: it is observed, started and asked again.
   * The call must be repeatable.
   */
  async speak<T>(machine: WholeMachine, call: () => Promise<T>, signal: AbortSignal): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      await this.ensureStarted(machine, signal);
      try {
        return await this.#keptAwake(machine, call, signal);
      } catch (error) {
        if (attempt === maxCalls || codeOf(error) !== 'machine_unreachable') throw error;
      }
    }
  }

  /**
   * Fly does not count calls over the private network as use, so it may suspend a machine in the middle of one: the
   * call would hang until its time-out. It goes on when the machine does.
   */
  async #keptAwake<T>(machine: WholeMachine, call: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const done = new AbortController();
    const watching = AbortSignal.any([done.signal, signal]);
    const watch = async () => {
      while (await sleep(watchMs, true, { signal: watching }).catch(() => false)) {
        // What goes wrong here is the call's to report.
        await this.ensureStarted(machine, watching).catch(() => undefined);
      }
    };
    const watched = watch();
    try {
      return await call();
    } finally {
      done.abort();
      await watched;
    }
  }

  /** @throws ValetError `no_machine` when it is gone, `fly_failed`, `machine_unreachable` */
  async ensureStarted(machine: WholeMachine, signal: AbortSignal): Promise<void> {
    const endsAt = performance.now() + startTimeoutMs;
    let woken = false;
    let startedAt = Number.NEGATIVE_INFINITY;
    for (let starts = 0; starts <= maxStarts && performance.now() < endsAt; ) {
      const state = await this.#stateOf(machine, signal);
      const decision = startDecision(state);
      if (decision === 'gone') throw gone(machine, state);
      if (decision === 'speak') return woken ? this.#ready(machine, signal) : undefined;
      woken = true;
      if (decision !== 'start') await this.#rests(machine, signal);
      else if (performance.now() - startedAt < staleMs) await sleep(staleRestMs, undefined, { signal });
      else if (++starts <= maxStarts) {
        await this.#parts.fly.startMachine(machine.fly_id, { signal });
        startedAt = performance.now();
        await this.#rests(machine, signal);
      }
    }
    throw new ValetError('machine_unreachable', `Machine ${machine.fly_id} does not come to rest as started.`, {
      hint: 'Look at its events with "fly machine status".',
    });
  }

  /** Whichever resting state comes: the next step looks at it. */
  async #rests(machine: WholeMachine, signal: AbortSignal): Promise<void> {
    const states = ['started', 'stopped', 'suspended', 'failed'] as const;
    await this.#parts.fly.waitForState(machine.fly_id, states, { timeoutMs: stepTimeoutMs, signal });
  }

  async #stateOf(machine: WholeMachine, signal: AbortSignal): Promise<string> {
    try {
      return (await this.#parts.fly.getMachine(machine.fly_id, { signal })).state;
    } catch (error) {
      if (this.#parts.isGone(error)) return 'destroyed';
      throw error;
    }
  }

  /** `started` means that the VM booted, not that the program in it serves. */
  async #ready(machine: WholeMachine, signal: AbortSignal): Promise<void> {
    await this.#parts.protocol.waitUntilReady(targetOf(machine), { timeoutMs: readyTimeoutMs, signal });
    await this.#parts.machines.observed(machine.id, 'started');
  }
}

/** How the machine protocol addresses a machine. */
export function targetOf(machine: WholeMachine): { readonly flyId: string; readonly name: string } {
  return { flyId: machine.fly_id, name: machine.name };
}

function gone(machine: WholeMachine, state: string): ValetError {
  return new ValetError('no_machine', `Machine ${machine.fly_id} is ${state} at Fly.`, {
    details: { machine_id: machine.fly_id, fly_state: state },
  });
}
