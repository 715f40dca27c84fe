import type { Command, Interfaces } from '@oclif/core';

/** What stands in the list: a command that has no topic, or a whole topic. */
interface Entry {
  readonly name: string;
  readonly text: string;
}

export interface Section {
  readonly title: string;
  readonly rows: readonly (readonly [string, string])[];
}

/** Where to begin, in this order. */
const firstSteps = ['dev', 'doctor', 'projects create'];

const groups: readonly { readonly title: string; readonly names: readonly string[] }[] = [
  { title: 'PROJECTS', names: ['projects', 'archives', 'explain', 'route'] },
  { title: 'MACHINES AND UPKEEP', names: ['pool', 'machines', 'sweep', 'orphans', 'watch'] },
  { title: 'RUN VALET', names: ['serve', 'config', 'doctor', 'db', 'dev', 'completion'] },
];

const everywhere: Section = {
  title: 'GLOBAL FLAGS',
  rows: [
    ['--json', 'Print the result as JSON; an error too.'],
    ['--url=https://…', 'Ask the `valet serve` at this address (see below).'],
    ['--environment=NAME', 'Do nothing unless this is its name.'],
    ['-h, --help', 'Show help for a topic or a command.'],
    ['-v, --version', 'Show the version.'],
  ],
};

const exitCodes: Section = {
  title: 'EXIT CODES',
  rows: [
    ['0', 'done, or nothing to do'],
    ['1', 'it went wrong, or you did not say yes'],
    ['2', 'the command line is not right'],
    ['3', 'there is no such project or thing'],
    ['4', 'refused as things are; trying again does not help'],
    ['5', 'not now; the same command may work in a moment'],
    ['6', 'done for some, failed for others'],
    ['7', '`valet doctor` found something wrong'],
    ['10', 'nothing to do, where --detailed-exit-code asks for that'],
    ['69', 'the database or `valet serve` cannot be reached'],
    ['77', 'the secret is missing or wrong'],
    ['78', 'the configuration or the database needs an operator'],
  ],
};

export const twoWays = [
  'Over HTTP: with --url or VALET_URL a command asks a running `valet serve`, and CONTROL_PLANE_SECRET lets it in.',
  'Directly: without them it uses the database, Fly and R2 that the environment names; `valet config` shows what it names.',
] as const;

/** Topics and commands by what they are for. What no group names comes last, so nothing is left out. */
export function rootSections(
  commands: readonly Pick<Command.Loadable, 'id' | 'summary' | 'description' | 'hidden'>[],
  topics: readonly Interfaces.Topic[],
): Section[] {
  const shown = commands.filter(({ hidden }) => !hidden);
  const textOf = new Map(shown.map((command) => [spoken(command.id), firstSentence(command)]));
  const entries = [...topLevel(shown, topics)].toSorted((a, b) => a.name.localeCompare(b.name));
  const named = new Set(groups.flatMap(({ names }) => names));
  const rest = { title: 'MORE', names: entries.map(({ name }) => name).filter((name) => !named.has(name)) };
  const begin = firstSteps.map((name) => [`valet ${name}`, textOf.get(name) ?? ''] as const);
  return [
    { title: 'FIRST STEPS', rows: begin.filter(([, text]) => text !== '') },
    ...[...groups, rest].map(({ title, names }) => ({ title, rows: rowsOf(names, entries) })),
    everywhere,
    exitCodes,
  ].filter(({ rows }) => rows.length > 0);
}

function* topLevel(
  commands: readonly Pick<Command.Loadable, 'id' | 'summary' | 'description'>[],
  topics: readonly Interfaces.Topic[],
): Iterable<Entry> {
  const own = new Map(commands.filter(({ id }) => !id.includes(':')).map((command) => [command.id, command]));
  for (const command of own.values()) yield { name: command.id, text: firstSentence(command) };
  for (const { name, description, hidden } of topics) {
    if (!hidden && !name.includes(':') && !own.has(name)) yield { name, text: description ?? '' };
  }
}

function rowsOf(names: readonly string[], entries: readonly Entry[]): (readonly [string, string])[] {
  return names.flatMap((name) =>
    entries.filter((entry) => entry.name === name).map(({ text }) => [name, text] as const),
  );
}

function firstSentence({ summary, description }: { summary?: string | undefined; description?: string | undefined }) {
  return (summary ?? description ?? '').split('\n')[0] ?? '';
}

function spoken(id: string): string {
  return id.replaceAll(':', ' ');
}
