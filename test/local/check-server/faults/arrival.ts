import { bodyOf, reply } from '../../../support/faulty-server.js';
import { internalSecret } from '../../../support/project-server.js';
import {
  answering,
  type FaultyServer,
  hasSecret,
  isArchive,
  isConfigure,
  isOk,
  isResume,
  isStatus,
  isVisit,
  misreporting,
  saying,
} from './fault.js';

const stale = reply(409, { code: 'stale_epoch' });

export const arrivalFaults: readonly FaultyServer[] = [
  {
    name: 'says "yes" for serving',
    breaks: ['status.shape'],
    fault: saying(isStatus, (body) => ({ ...body, serving: 'yes' })),
  },
  {
    name: 'serves before it is anybody’s',
    breaks: ['status.fresh'],
    fault: saying(isStatus, (body) => (body.project_id === null ? { ...body, serving: true } : body)),
  },
  {
    name: 'resumes for whoever comes without a secret',
    breaks: ['secrets.missing'],
    fault: answering((call) => isResume(call) && call.headers.authorization === undefined, reply(200)),
  },
  {
    name: 'reads the body before the secret',
    breaks: ['secrets.wrong'],
    fault: answering((call) => isArchive(call) && 'authorization' in call.headers && !hasSecret(call), reply(400)),
  },
  {
    name: 'does what it is told and then looks at the secret',
    breaks: ['secrets.no-trace', 'status.fresh', 'configure.becomes'],
    fault: () => async (call, forward) => {
      if (!isConfigure(call) || hasSecret(call)) return forward(call);
      await forward({ ...call, headers: { ...call.headers, authorization: `Bearer ${internalSecret}` } });
      return reply(401);
    },
  },
  {
    name: 'archives before it is anybody’s',
    breaks: ['configure.first'],
    fault: misreporting('not_configured', 200),
  },
  {
    name: 'serves only after it was told twice',
    breaks: ['configure.becomes'],
    fault: () => {
      let configures = 0;
      return async (call, forward) => {
        if (isConfigure(call) && hasSecret(call)) configures++;
        return isVisit(call) && configures === 1 ? reply(503) : forward(call);
      };
    },
  },
  {
    name: 'names its project only after it was told twice',
    breaks: ['status.project'],
    fault: () => {
      let configures = 0;
      return async (call, forward) => {
        if (isConfigure(call) && hasSecret(call)) configures++;
        const said = await forward(call);
        if (!isStatus(call) || configures > 1) return said;
        return { ...said, text: JSON.stringify({ ...bodyOf(said), project_id: null }) };
      };
    },
  },
  {
    name: 'is configured once for all',
    breaks: ['configure.repeats'],
    fault: () => {
      let configures = 0;
      return async (call, forward) => {
        if (isConfigure(call) && hasSecret(call)) configures++;
        return isConfigure(call) && configures === 2 ? stale : forward(call);
      };
    },
  },
  {
    name: 'nods when it is given to another project',
    breaks: ['configure.other-project'],
    fault: misreporting('other_project', 200),
  },
  {
    name: 'keeps the epoch of what it refuses',
    breaks: ['configure.no-trace'],
    fault: () => {
      let largest = 0;
      return async (call, forward) => {
        if (isConfigure(call) && call.epoch < largest) return stale;
        const said = await forward(call);
        if (bodyOf(said).code === 'other_project') largest = call.epoch;
        return said;
      };
    },
  },
  {
    name: 'stays in its first epoch',
    breaks: ['configure.larger-epoch', 'bodies.unknown-fields'],
    fault: () => {
      let first = Number.POSITIVE_INFINITY;
      return async (call, forward) => {
        const said = await forward(call);
        if (isConfigure(call) && isOk(said)) first = Math.min(first, call.epoch);
        return isConfigure(call) && isOk(said) && call.epoch > first ? stale : said;
      };
    },
  },
  {
    name: 'cannot take two calls at once',
    breaks: ['at-once.same'],
    fault: () => {
      let running = 0;
      return async (call, forward) => {
        if (!isConfigure(call)) return forward(call);
        if (running > 0) return reply(500);
        running++;
        return forward(call).finally(() => running--);
      };
    },
  },
];
