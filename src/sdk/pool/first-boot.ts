import { setTimeout as sleep } from 'node:timers/promises';
import type { WholeMachine } from '../database/machines.js';
import { ValetError } from '../errors.js';
import type { FlyClient } from '../fly/client.js';
import type { MachineProtocol } from '../machines/protocol.js';
import { programExits } from './program-exits.js';
import { type MachineStarter, targetOf } from './starter.js';

export interface FirstBootParts {
  readonly fly: Pick<FlyClient, 'waitForState' | 'listEvents'>;
  readonly protocol: Pick<MachineProtocol, 'waitUntilReady'>;
  readonly starter: Pick<MachineStarter, 'speak'>;
}

/** A cold image pull can take minutes; an outlier seen on Fly booted for six. */
const maxBootMs = 4 * 60_000;
const watchMs = 2_000;
const maxEvents = 50;
/** Fly's restart policy tries ten times, and each start of ours lets it begin anew: a program that cannot run is known sooner. */
const maxExits = 3;
const restingStates = ['started', 'stopped', 'suspended', 'failed', 'destroyed'] as const;

/** From created to answering: a machine is ready when its program says so, not when Fly calls it started. */
export class FirstBoot {
  readonly #parts: FirstBootParts;

  constructor(parts: FirstBootParts) {
    this.#parts = parts;
  }

  /**
   * @param version `instance_id` of the machine as it was made
   * @throws ValetError `machine_unreachable` when its program keeps ending or does not answer in time, `fly_failed`,
   *   `no_machine`
   */
  async untilItAnswers(machine: WholeMachine, version: string, signal: AbortSignal): Promise<void> {
    const over = new AbortController();
    const done = new AbortController();
    const watched = this.#watch(machine, over, AbortSignal.any([signal, done.signal]));
    try {
      await this.#answers(machine, version, AbortSignal.any([signal, over.signal]));
    } catch (error) {
      // Whatever the calls made of being aborted, the reason is what its caller needs to know.
      over.signal.throwIfAborted();
      throw error;
    } finally {
      done.abort();
      await watched;
    }
  }

  async #answers(machine: WholeMachine, version: string, signal: AbortSignal): Promise<void> {
    const { fly, protocol, starter } = this.#parts;
    const state = await fly.waitForState(machine.fly_id, restingStates, { timeoutMs: maxBootMs, version, signal });
    if (state === 'failed') throw neverStarted(machine);
    // Nobody has used it yet, so Fly may suspend it while its program still boots.
    const ready = () => protocol.waitUntilReady(targetOf(machine), { timeoutMs: maxBootMs, signal });
    await starter.speak(machine, ready, signal);
  }

  /** Gives up on the machine, with the reason, long before Fly would. */
  async #watch(machine: WholeMachine, over: AbortController, signal: AbortSignal): Promise<void> {
    const endsAt = performance.now() + maxBootMs;
    while (await sleep(watchMs, true, { signal }).catch(() => false)) {
      // A look that fails says nothing; the next one may.
      const events = await this.#parts.fly.listEvents(machine.fly_id, { limit: maxEvents, signal }).catch(() => []);
      const { count, latest } = programExits(events);
      if (count >= maxExits) return over.abort(keepsEnding(machine, count, latest));
      if (performance.now() >= endsAt) return over.abort(tooSlow(machine));
    }
  }
}

function neverStarted({ fly_id, name }: WholeMachine): ValetError {
  return new ValetError('machine_unreachable', `Machine ${name} (${fly_id}) failed to start.`, {
    hint: lookAtIt,
    details: { machine_id: fly_id },
  });
}

function keepsEnding({ fly_id, name }: WholeMachine, count: number, latest: string): ValetError {
  const message = `The program of machine ${name} (${fly_id}) ended ${count} times before it answered, the last time with ${latest}.`;
  return new ValetError('machine_unreachable', message, {
    hint: lookAtIt,
    details: { machine_id: fly_id, exits: count },
  });
}

function tooSlow({ fly_id, name }: WholeMachine): ValetError {
  const message = `Machine ${name} (${fly_id}) did not answer within ${maxBootMs / 1000} seconds of being made.`;
  return new ValetError('machine_unreachable', message, { hint: lookAtIt, details: { machine_id: fly_id } });
}

const lookAtIt = 'Check that VALET_FLY_IMAGE runs and listens on port 3000: "fly logs --machine" shows what it says.';
