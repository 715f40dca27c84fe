import { isGone } from '../fly/errors.js';
import { FirstBoot } from '../pool/first-boot.js';
import { Placement } from '../pool/placement.js';
import { Provisioner } from '../pool/provision.js';
import { Replenisher } from '../pool/replenish.js';
import { MachineStarter } from '../pool/starter.js';
import { MachineSupply } from '../pool/supply.js';
import { Configurator } from '../projects/configure.js';
import { Sealer } from '../projects/sealing.js';
import { DestructionFuse } from '../upkeep/fuse.js';
import { HighWaterMark } from '../upkeep/high-water-mark.js';
import type { Ground } from './ground.js';

/** How machines come to be and are taken: what speaks to them, what makes them, the warm pool, and the fuse before what destroys. */
export function joinPool(ground: Ground) {
  const {
    config,
    tables,
    fly,
    protocol,
    store,
    secretsOf,
    owner,
    environment,
    flyApp,
    template,
    kind,
    telemetry,
    actors,
  } = ground;
  const { machines, warmPool, retiring, pool } = tables;
  const sealer = new Sealer(config.core.sealKeys.map((key) => Buffer.from(key.reveal(), 'base64')));
  const starter = new MachineStarter({ fly, protocol, machines, isGone });
  const configurator = new Configurator({ protocol, starter, sealer });
  const boot = new FirstBoot({ fly, protocol, starter });
  const provisioner = new Provisioner({ fly, boot, machines, retiring, template, secretsOf, owner });
  const { targets, standby } = config.pool;
  const ownPool = { ...kind, image: template.image, targets };
  const regions = targets.map(({ region }) => region);
  const placement = new Placement({ provisioner, breakers: pool.breakers, regions, image: template.image });
  const supply = new MachineSupply({
    machines,
    warmPool,
    kind,
    retiring,
    placement,
    starter,
    protocol,
    template,
    flyApp,
    telemetry,
    actor: actors('request'),
  });
  const fuse = new DestructionFuse({
    ...tables,
    highWater: new HighWaterMark({ ...tables, store }),
    binding: { environment, flyApp },
  });
  const replenisher = new Replenisher({
    machines,
    members: pool.members,
    own: ownPool,
    owner,
    placement,
    fly,
    fuse,
    template,
    standby,
    flyApp,
  });

  return { sealer, starter, configurator, provisioner, ownPool, supply, fuse, replenisher };
}

export type Pool = ReturnType<typeof joinPool>;
