import type { Machine } from '../machines/machine.js';
import type { MachineRegistry } from '../machines/registry.js';
import { refusals } from '../refusal.js';
import type { UnconfirmedAnswers } from '../unconfirmed.js';
import { type ApiAnswer, type ApiRequest, param, type Route } from './router.js';

type Act = (machine: Machine, request: ApiRequest) => ApiAnswer | Promise<ApiAnswer>;

/** How calls come by the machine in their path, and what bars them before they see it. */
export class MachineCalls {
  readonly #registry: MachineRegistry;
  readonly #unconfirmed: UnconfirmedAnswers;

  constructor(registry: MachineRegistry, unconfirmed: UnconfirmedAnswers) {
    this.#registry = registry;
    this.#unconfirmed = unconfirmed;
  }

  /** Answered from what the API knows, wherever the machine is. */
  read(act: Act): Route['handle'] {
    return (request) => act(this.#find(request), request);
  }

  /** Done on the machine's host, which nobody reaches sometimes; a lease does not bar it. */
  inside(act: Act): Route['handle'] {
    return (request) => act(onReachableHost(this.#find(request)), request);
  }

  /** A write that a lease bars in any case. */
  write(act: Act): Route['handle'] {
    return this.inside((machine, request) => {
      machine.lease.assertMay(nonceIn(request));
      return act(machine, request);
    });
  }

  /** A write that a lease may bar or not. */
  minorWrite(act: Act): Route['handle'] {
    const [barred, free] = [this.write(act), this.inside(act)];
    return (request) => (this.#unconfirmed.now.leaseBars === 'every_write' ? barred(request) : free(request));
  }

  /** A delete begins also on a host that is away. */
  destroy(act: Act): Route['handle'] {
    return this.read((machine, request) => {
      machine.lease.assertMay(nonceIn(request));
      return act(machine, request);
    });
  }

  #find(request: ApiRequest): Machine {
    return this.#registry.get(param(request, 'app'), param(request, 'id'));
  }
}

/** What a write carries while a lease is held. */
export function nonceIn({ headers }: ApiRequest): string | undefined {
  const nonce = headers['fly-machine-lease-nonce'];
  return typeof nonce === 'string' && nonce !== '' ? nonce : undefined;
}

function onReachableHost(machine: Machine): Machine {
  if (!machine.host.reachable) throw refusals.hostUnreachable(machine.host.id);
  return machine;
}
