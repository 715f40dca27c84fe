import type { Hosts } from '../hosts/hosts.js';
import { refusals } from '../refusal.js';
import type { EventSource } from './events.js';
import type { MachineRecord } from './record.js';
import type { MachinePhase } from './state-machine.js';

/**
 * A machine that is to run needs a place on its host. The proxy may start one elsewhere that no volume holds.
 * Source: community.fly.io/t/17276.
 *
 * @throws FlyRefusal 409 when there is none
 */
export function findRoom(record: MachineRecord, hosts: Hosts, source: EventSource): void {
  const host = hosts.get(record.identity.host);
  if (!needsRoom(record.phase) || !host.full) return;
  const mayMove = source === 'proxy' && !record.config.mounts?.length;
  const other = mayMove ? hosts.place(host.region) : undefined;
  if (other === undefined) throw refusals.hostFull();
  record.moveTo(other.id);
}

/** Stopped, it has given up its place; suspended, it has kept it. Source: fly.io/docs/reference/suspend-resume. */
function needsRoom(phase: MachinePhase): boolean {
  return phase === 'stopped' || phase === 'failed';
}
