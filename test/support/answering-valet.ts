import type { Answers } from './fake-valet.js';
import * as sample from './fake-valet.js';

/** What every call answers, by its name. */
export const answerOf = {
  create: sample.sampleCreated(),
  project: sample.sampleProject(),
  projects: { projects: [sample.sampleProject()], next_cursor: 'demo' },
  events: { events: [sample.sampleEvent()], next_cursor: '41' },
  explanation: sample.sampleExplanation(),
  archives: { current: '1', archives: [sample.sampleArchive()], next_cursor: null },
  /** Its body may be read as often as one likes. */
  content: { archive: sample.sampleArchive(), body: { [Symbol.asyncIterator]: content } },
  proof: sample.sampleProof({ proven: false, finding: 'size should be 8192 and is 4096' }),
  machines: { machines: [sample.sampleMachine()], next_cursor: null },
  pool: sample.samplePool(),
  replenished: { skipped: null, ready: ['7'], failed: [] },
  drained: { skipped: null, retiring: ['7'] },
  plan: { older_than_secs: 60, archive: [], skip: [], left_over: 0 },
  swept: sample.sampleSweep({ archived: ['demo'] }),
  orphans: { orphans: [sample.sampleOrphan()] },
  overview: sample.sampleOverview(),
  judged: { done: ['3d8d7949b0d089'], failed: [] },
};

async function* content(): AsyncGenerator<Uint8Array, void> {
  yield Buffer.from('SQLite format 3');
}

export interface AnsweringValet {
  readonly answers: Answers;
  readonly asked: unknown[];
  /** From now on every call throws this; undefined ends it. */
  failWith(fault: Error | undefined): void;
}

/** Answers every call of Valet and notes what it was asked, without the options of the call. */
export function answeringValet(): AnsweringValet {
  const asked: unknown[] = [];
  let fault: Error | undefined;
  const note =
    <T>(name: string, answer: T, inputs: number) =>
    async (...args: unknown[]): Promise<T> => {
      asked.push([name, ...args.slice(0, inputs)]);
      if (fault !== undefined) throw fault;
      return answer;
    };
  const { project, pool } = answerOf;
  const answers = {
    projects: {
      create: note('create', answerOf.create, 1),
      get: note('get', project, 1),
      list: note('list', answerOf.projects, 1),
      wake: note('wake', project, 1),
      archive: note('archive', project, 1),
      undo: note('undo', project, 1),
      restore: note('restore', project, 2),
      delete: note('delete', project, 1),
      hold: note('hold', project, 2),
      events: note('events', answerOf.events, 2),
      explain: note('explain', answerOf.explanation, 1),
    },
    archives: {
      list: note('archives', answerOf.archives, 2),
      verify: note('verify', answerOf.proof, 1),
      read: note('read', answerOf.content, 1),
    },
    orphans: {
      list: note('orphans', answerOf.orphans, 0),
      remove: note('remove', answerOf.judged, 1),
      keep: note('keep', answerOf.judged, 1),
    },
    machines: { list: note('machines', answerOf.machines, 1) },
    pool: {
      status: note('status', pool, 0),
      replenish: note('replenish', answerOf.replenished, 0),
      pause: note('pause', pool, 0),
      drain: note('drain', answerOf.drained, 1),
      resume: note('resume', pool, 0),
    },
    sweep: { plan: note('plan', answerOf.plan, 1), run: note('run', answerOf.swept, 1) },
    overview: note('overview', answerOf.overview, 0),
  };
  return {
    answers,
    asked,
    failWith: (next) => {
      fault = next;
    },
  };
}
