import { LocalFault } from '../fault.js';

/** What keeps a server from being checked: it is not there, knows another secret, or is not to be touched. */
export class CheckFault extends LocalFault {
  readonly kind: 'unreachable' | 'unauthorized' | 'owned' | 'not_listening' | 'restart_failed';

  constructor(kind: CheckFault['kind'], message: string, context: ConstructorParameters<typeof LocalFault>[1] = {}) {
    super(message, context);
    this.kind = kind;
  }
}
