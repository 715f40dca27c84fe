import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bodyOf, reply } from '../../../support/faulty-server.js';
import { away, type FaultyServer, isArchive, isConfigure, isOk, isResume, isStatus, isVisit, saying } from './fault.js';

export const quiescedFaults: readonly FaultyServer[] = [
  {
    name: 'does not say when to come again',
    breaks: ['quiesced.refuses', 'quiesced.stays', 'restarts.quiesced'],
    fault: () => async (call, forward) => {
      const { headers, ...said } = await forward(call);
      const { 'retry-after': _, ...others } = headers;
      return { ...said, headers: others };
    },
  },
  {
    name: 'never says that it is quiesced',
    breaks: ['quiesced.told', 'restarts.quiesced'],
    fault: saying(isStatus, (body) => ({ ...body, quiesced: false })),
  },
  {
    name: 'serves again when it is configured',
    breaks: ['quiesced.stays'],
    fault: () => async (call, forward) => {
      const said = await forward(call);
      if (isConfigure(call) && isOk(said)) await forward({ ...call, path: '/internal/resume', text: '{}' });
      return said;
    },
  },
  {
    name: 'resumes in the epoch of the archive',
    breaks: ['resume.equal-epoch'],
    fault: () => {
      let archived = 0;
      return async (call, forward) => {
        const said = await forward(call);
        if (isArchive(call) && isOk(said)) archived = call.epoch;
        return isResume(call) && call.epoch === archived ? reply(200) : said;
      };
    },
  },
  {
    name: 'says that it resumes and turns the next one away',
    breaks: ['resume.serves'],
    fault: () => {
      let resumed = 0;
      let isNext = false;
      return async (call, forward) => {
        const said = await forward(call);
        if (isResume(call) && isOk(said) && call.epoch > resumed) {
          resumed = call.epoch;
          isNext = true;
        }
        if (!isVisit(call) || !isNext) return said;
        isNext = false;
        return away;
      };
    },
  },
  {
    name: 'resumes once in an epoch',
    breaks: ['resume.repeats'],
    fault: () => {
      const seen = new Set<number>();
      return async (call, forward) => {
        if (isResume(call) && seen.has(call.epoch)) return reply(409, { code: 'stale_epoch' });
        const said = await forward(call);
        if (isResume(call) && isOk(said)) seen.add(call.epoch);
        return said;
      };
    },
  },
  {
    name: 'answers no status while it uploads',
    breaks: ['at-once.status'],
    fault: () => {
      let uploads = 0;
      return async (call, forward) => {
        if (isStatus(call) && uploads > 0) return reply(503);
        if (!isArchive(call)) return forward(call);
        uploads++;
        return forward(call).finally(() => uploads--);
      };
    },
  },
  {
    name: 'lets a resume wait for the upload',
    breaks: ['at-once.overtakes'],
    fault: () => {
      let upload: Promise<unknown> = Promise.resolve();
      return async (call, forward) => {
        if (isResume(call)) await upload;
        const said = forward(call);
        if (isArchive(call)) upload = said;
        return said;
      };
    },
  },
  {
    name: 'forgets everything when it is restarted',
    breaks: ['restarts.project', 'restarts.epoch', 'restarts.quiesced', 'restore.brings-back'],
    fault: () => (call, forward) => forward(call),
    whileDown: (dataDir) => rmSync(dataDir, { recursive: true }),
  },
  {
    name: 'forgets its epoch when it is restarted',
    breaks: ['restarts.epoch'],
    fault: () => (call, forward) => forward(call),
    whileDown: (dataDir) => edit(dataDir, () => ({ epoch: 0, quiesced: { epoch: 0 } })),
  },
  {
    name: 'forgets that it is quiesced when it is restarted',
    breaks: ['restarts.quiesced'],
    fault: () => (call, forward) => forward(call),
    whileDown: (dataDir) => edit(dataDir, () => ({ quiesced: null })),
  },
];

function edit(dataDir: string, change: () => Readonly<Record<string, unknown>>): void {
  const file = join(dataDir, 'state.json');
  const state = bodyOf({ text: readFileSync(file, 'utf8') });
  writeFileSync(file, JSON.stringify({ ...state, ...change() }));
}
