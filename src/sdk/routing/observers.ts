import { z } from 'zod';

const textsOf = (item: z.ZodString) => z.array(item).min(1).max(200).readonly();

/** One line of the wake policy. A request matches if it matches every field that is there, each by any of its items. */
const observerRuleSchema = z
  .strictObject({
    name: z.string().min(1).max(100),
    methods: textsOf(z.string().regex(/^[A-Z]{1,20}$/, 'must be a method in capitals')).optional(),
    /** Without the query; `/projects/ID` in front is left out. A `*` at the end stands for anything. */
    paths: textsOf(
      z
        .string()
        .regex(/^\/[^*?#]*\*?$/, 'must be a path, which may end with one "*"')
        .max(500),
    ).optional(),
    /** Parts of the header, whatever their case. */
    user_agents: textsOf(z.string().min(3).max(200)).optional(),
  })
  .readonly()
  .refine(({ methods, paths, user_agents }) => (methods ?? paths ?? user_agents) !== undefined, {
    message: 'must name methods, paths or user_agents, or every request would match',
  });
export type ObserverRule = z.infer<typeof observerRuleSchema>;

export const observerFileSchema = z.strictObject({ observers: z.array(observerRuleSchema).max(100) });

export interface Seen {
  readonly method: string;
  /** As the project would see it, with or without its query. */
  readonly path: string;
  readonly userAgent: string | undefined;
}

type Test = (seen: Seen) => boolean;

/** The wake policy, made ready to be asked for each request. */
export class Observers {
  readonly #rules: readonly (readonly Test[])[];

  private constructor(rules: readonly ObserverRule[]) {
    this.#rules = rules.map(testsOf);
  }

  /** Undefined where nobody only observes, so that nobody need be asked. */
  static of(rules: readonly ObserverRule[]): Observers | undefined {
    return rules.length === 0 ? undefined : new Observers(rules);
  }

  /** Whether this request only looks. */
  match({ method, path, userAgent }: Seen): boolean {
    const query = path.indexOf('?');
    const seen = { method, path: query === -1 ? path : path.slice(0, query), userAgent };
    return this.#rules.some((tests) => tests.every((test) => test(seen)));
  }
}

/** The cheapest first. */
function testsOf({ methods, paths, user_agents }: ObserverRule): Test[] {
  return [
    ...(methods === undefined ? [] : [methodTest(new Set(methods))]),
    ...(paths === undefined ? [] : [pathTest(paths)]),
    ...(user_agents === undefined ? [] : [agentTest(user_agents)]),
  ];
}

function methodTest(methods: ReadonlySet<string>): Test {
  return ({ method }) => methods.has(method);
}

function pathTest(paths: readonly string[]): Test {
  const exact = new Set(paths.filter((path) => !path.endsWith('*')));
  const beginnings = paths.filter((path) => path.endsWith('*')).map((path) => path.slice(0, -1));
  return ({ path }) => exact.has(path) || beginnings.some((beginning) => path.startsWith(beginning));
}

function agentTest(parts: readonly string[]): Test {
  const any = new RegExp(parts.map((part) => part.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')).join('|'), 'i');
  return ({ userAgent }) => userAgent !== undefined && any.test(userAgent);
}
