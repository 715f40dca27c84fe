import { bodyOf, type Call, reply } from '../../../support/faulty-server.js';
import {
  answering,
  type FaultyServer,
  isArchive,
  isConfigure,
  isOk,
  isRestore,
  isResume,
  isStatus,
  saying,
} from './fault.js';

const posts: Readonly<Record<string, (call: Call) => boolean>> = {
  configure: isConfigure,
  archive: isArchive,
  restore: isRestore,
  resume: isResume,
};

export const epochFaults: readonly FaultyServer[] = [
  ...Object.entries(posts).map(
    ([name, applies]): FaultyServer => ({
      name: `takes any word for the epoch of ${name}`,
      breaks: ['epochs.required'],
      fault: answering(
        (call) => applies(call) && Number.isNaN(call.epoch) && 'authorization' in call.headers,
        reply(200),
      ),
    }),
  ),
  ...Object.entries(posts).map(
    ([name, applies]): FaultyServer => ({
      name: `obeys an older ${name}`,
      breaks: name === 'resume' ? ['epochs.smaller', 'restarts.epoch'] : ['epochs.smaller'],
      fault: () => async (call, forward) => {
        const said = await forward(call);
        const { code, epoch } = bodyOf(said);
        // The resume of the archive's own epoch is another claim's affair.
        const isOlder = code === 'stale_epoch' && Number(epoch) > call.epoch;
        return isOlder && applies(call) ? reply(200, { code, epoch }) : said;
      },
    }),
  ),
  {
    name: 'does not tell its largest epoch',
    breaks: ['epochs.told'],
    fault: saying(
      () => true,
      (body, said) => (said.status === 409 ? { ...body, epoch: undefined } : body),
    ),
  },
  {
    name: 'goes back to the epoch that it refuses',
    breaks: ['epochs.kept'],
    fault: () => {
      let back: number | undefined;
      return async (call, forward) => {
        const said = await forward(call);
        if (call.method === 'POST' && isOk(said)) back = undefined;
        if (bodyOf(said).code === 'stale_epoch') back = call.epoch;
        if (!isStatus(call) || back === undefined) return said;
        return { ...said, text: JSON.stringify({ ...bodyOf(said), epoch: back }) };
      };
    },
  },
];
