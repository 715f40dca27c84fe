import { asError, codeOf, ValetError } from './errors.js';

/** Says a step. It never waits: what an operation may say is bounded by the limit of the operation. */
export type Tell<Step> = (step: Step) => void;

/** Those who follow an operation: what they are told, and whether they are still there. */
export interface Watch<Step> {
  readonly tell: Tell<Step>;
  /** Aborts when they leave: then nothing new is begun, and what is under way is finished. */
  readonly left: AbortSignal;
}

/** For operations that nobody follows. */
export const unwatched: Watch<unknown> = { tell: () => undefined, left: new AbortController().signal };

/**
 * The steps of the work, as it says them, and last the one that it answers. The work begins with the first step that is
 * asked for; whoever leaves the loop, or aborts, leaves the work too.
 *
 * @throws what the work throws, after all that it said before
 */
export async function* follow<Step>(
  work: (watch: Watch<Step>) => Promise<Step>,
  caller?: AbortSignal,
): AsyncGenerator<Step, void, undefined> {
  const leaving = new AbortController();
  const told: Step[] = [];
  let news = Promise.withResolvers<void>();
  let isOver = false;
  const tell = (step: Step) => {
    told.push(step);
    news.resolve();
  };
  const left = caller === undefined ? leaving.signal : AbortSignal.any([caller, leaving.signal]);
  const going = work({ tell, left }).then(tell);
  const end = () => {
    isOver = true;
    news.resolve();
  };
  going.then(end, end);
  try {
    while (!isOver || told.length > 0) {
      const [step] = told.splice(0, 1);
      if (step !== undefined) yield step;
      else {
        await news.promise;
        news = Promise.withResolvers<void>();
      }
    }
    await going;
  } finally {
    leaving.abort(new Error('Nobody follows the operation any more.'));
  }
}

/** What the steps lead to. */
export async function resultOf<Result>(
  steps: AsyncIterable<{ readonly kind: string } | { readonly kind: 'done'; readonly result: Result }>,
): Promise<Result> {
  for await (const step of steps) if ('result' in step) return step.result;
  throw new ValetError('internal', 'The operation ended without a result.');
}

/** One try and how long it took, for the step that tells of it. */
export class Try {
  readonly #beganMs = performance.now();

  succeeded(id: string) {
    return { id, ...this.#took(), code: null, reason: null };
  }

  failed(id: string, thrown: unknown) {
    return { id, ...this.#took(), code: codeOf(thrown), reason: asError(thrown).message };
  }

  #took() {
    return { took_secs: Math.round(performance.now() - this.#beganMs) / 1000 };
  }
}
