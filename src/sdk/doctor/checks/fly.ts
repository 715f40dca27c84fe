import { guestOf } from '../../pool/vm-size.js';
import { type Check, checksWith } from '../check.js';
import type { Probes } from '../probes.js';
import * as verdicts from '../verdicts/fly.js';
import { judgeImage, judgeSize } from '../verdicts/machine-kind.js';

export function flyChecks({ fly }: Probes): Check[] {
  return checksWith('fly', fly, [
    {
      name: 'fly_api',
      run: async ({ fly: probe, flySettings }, signal) =>
        verdicts.judgeApi(flySettings.apiUrl, await probe.app(signal)),
    },
    {
      name: 'fly_token',
      needs: ['fly_api'],
      run: async ({ fly: probe, flySettings }, signal) => verdicts.judgeToken(flySettings.app, await probe.app(signal)),
    },
    {
      name: 'fly_app',
      needs: ['fly_token'],
      run: async ({ fly: probe, flySettings }, signal) => verdicts.judgeApp(flySettings.app, await probe.app(signal)),
    },
    {
      name: 'fly_machines',
      needs: ['fly_app'],
      run: async ({ fly: probe }, signal) => verdicts.judgeMachineList(await probe.machines(signal)),
    },
    {
      name: 'fly_rate_limit',
      run: ({ flySettings: { apiUrl, rateLimit } }) => verdicts.judgeRateLimit(apiUrl, rateLimit),
    },
    { name: 'fly_image', run: ({ flySettings }) => judgeImage(flySettings.image) },
    { name: 'fly_size', run: ({ flySettings }) => judgeSize(flySettings) },
    {
      name: 'fly_regions',
      needs: ['fly_app', 'fly_size'],
      run: async ({ fly: probe, flySettings: { region, targets, vmSize, memoryMb, volumeGb } }, signal) => {
        const wanted = [...new Set([region, ...targets.map((target) => target.region)])];
        const kind = { compute: guestOf(vmSize, memoryMb), volumeGb };
        return verdicts.judgeRegions(wanted, await probe.regions(wanted, kind, signal));
      },
    },
  ]);
}
