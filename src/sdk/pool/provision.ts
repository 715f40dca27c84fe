import type { MachineRow, MachineTable, WholeMachine } from '../database/machines.js';
import type { RetiringTable } from '../database/retiring.js';
import { asError, ValetError } from '../errors.js';
import type { FlyClient } from '../fly/client.js';
import type { FlyMachine } from '../fly/wire.js';
import { type Renewal, whileOwned } from '../ownership.js';
import type { FirstBoot } from './first-boot.js';
import { type MachineTemplate, machineConfig } from './machine-config.js';
import { madeOn, type VolumeInHand } from './volume-in-hand.js';

export interface ProvisionerParts {
  readonly fly: Pick<FlyClient, 'createVolume' | 'createMachine'>;
  readonly boot: Pick<FirstBoot, 'untilItAnswers'>;
  readonly machines: Pick<MachineTable, 'recordVolume' | 'recordMachine' | 'renewProvisioning'>;
  readonly retiring: Pick<RetiringTable, 'foundVolume' | 'foundMachine' | 'giveUpProvisioning'>;
  readonly template: MachineTemplate;
  /** The machine's own secret, the current one first. */
  readonly secretsOf: (machineName: string) => readonly string[];
  readonly owner: string;
}

const maxProvisionMs = 5 * 60_000;
/** With what waiting for a volume takes. */
const maxOnVolumeMs = 10 * 60_000;
/** Fly takes one create a second from an app: when many want a machine at once, most of this is waiting in line. */
const maxCreateMs = 2 * 60_000;

/**
 * Makes a row into a running machine that answers: volume → machine → started → its own status answers. The row is
 * there before the first call, ids are written as they appear, and whatever fails leaves the row retiring, so nothing
 * that Fly made is ever without an owner (G4).
 */
export class Provisioner {
  readonly #parts: ProvisionerParts;

  constructor(parts: ProvisionerParts) {
    this.#parts = parts;
  }

  /**
   * `finish` makes the row what it is to become, while the provisioning is still ours.
   *
   * @param onVolume a volume that is there already, instead of a new one
   */
  async provision<T>(
    row: MachineRow,
    finish: (machine: WholeMachine, signal: AbortSignal) => Promise<T>,
    signal?: AbortSignal,
    onVolume?: VolumeInHand,
  ): Promise<T> {
    const renew = async (): Promise<Renewal> =>
      (await this.#parts.machines.renewProvisioning(row.id)) ? 'owned' : 'lost';
    const maxHoldMs = onVolume ? maxOnVolumeMs : maxProvisionMs;
    try {
      return await whileOwned(
        { subject: `Provisioning machine ${row.name}`, renew, signal, maxHoldMs },
        async (owned) => finish(await this.#make(row, onVolume, owned), owned),
      );
    } catch (error) {
      // If this statement fails too, the row's deadline passes and recovery retires it.
      await this.#parts.retiring
        .giveUpProvisioning(row.id, this.#parts.owner, asError(error).message)
        .catch(() => undefined);
      throw error;
    }
  }

  async #make(row: MachineRow, onVolume: VolumeInHand | undefined, signal: AbortSignal): Promise<WholeMachine> {
    const { fly, boot, template } = this.#parts;
    const volumeId = onVolume?.id ?? (await this.#makeVolume(row, signal));
    const [internalSecret = ''] = this.#parts.secretsOf(row.name);
    const config = machineConfig(template, { id: row.id, volumeId, internalSecret });
    const order = { name: row.name, region: row.region, config };
    const create = () => fly.createMachine(order, { timeoutMs: maxCreateMs, signal });
    const made = await (onVolume ? madeOn(onVolume, create, signal) : create());
    const machine = await this.#recorded(row, made);
    await boot.untilItAnswers(machine, made.instance_id, signal);
    return machine;
  }

  async #makeVolume(row: MachineRow, signal: AbortSignal): Promise<string> {
    const { fly, machines, retiring, template } = this.#parts;
    if (row.volume_name === null) throw new ValetError('internal', `Machine ${row.name} has no volume of its own.`);
    const volume = await fly.createVolume(
      { name: row.volume_name, region: row.region, size_gb: template.volumeGb, compute: template.guest },
      { timeoutMs: maxCreateMs, signal },
    );
    if (await machines.recordVolume(row.id, volume.id)) return volume.id;
    await retiring.foundVolume(row.id, volume.id);
    throw outrun(row);
  }

  async #recorded(row: MachineRow, made: FlyMachine): Promise<WholeMachine> {
    if (await this.#parts.machines.recordMachine(row.id, made.id)) return { ...row, fly_id: made.id };
    await this.#parts.retiring.foundMachine(row.id, made.id);
    throw outrun(row);
  }
}

/** What was just made is on a row that retires, so it will be given back. */
function outrun(row: MachineRow): ValetError {
  return new ValetError('state_changed', `Machine ${row.name} was given up while it was being provisioned.`);
}
