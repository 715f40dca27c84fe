import { fieldsOf } from './fields.js';
import { type Doc, type Exported, readExports } from './model.js';

/** One page of docs/reference: of an entry point, what comes from these folders of `src`. */
interface Subject {
  readonly page: string;
  readonly title: string;
  readonly about: string;
  readonly entry: 'valet' | 'valet/server' | 'valet/local';
  readonly from: RegExp;
}

/** The first that fits takes it. */
const subjects: readonly Subject[] = [
  {
    page: 'resources.md',
    title: 'Resources and steps',
    about: 'The shapes that calls take and answer: the same in the SDK, over HTTP and in `--json`.',
    entry: 'valet',
    from: /^sdk\/(resources\/|steps)/,
  },
  {
    page: 'fly.md',
    title: 'FlyClient',
    about: 'The Machines API of one Fly app. See [fly-client.md](../fly-client.md).',
    entry: 'valet',
    from: /^sdk\/fly\//,
  },
  {
    page: 'routing.md',
    title: 'Routing functions',
    about:
      'Whose a request is, what becomes of it, and the header that sends it there. See [routing.md](../routing.md).',
    entry: 'valet',
    from: /^sdk\/(routing\/|projects\/project-id|lifecycle\/)/,
  },
  {
    page: 'archives.md',
    title: 'ArchiveStore',
    about: 'Archives in R2, and their proof. See [archives.md](../archives.md).',
    entry: 'valet',
    from: /^sdk\/archives\//,
  },
  {
    page: 'machines.md',
    title: 'MachineProtocol',
    about: 'What is said to the server of a project. See [machine-protocol.md](../machine-protocol.md).',
    entry: 'valet',
    from: /^sdk\/machines\//,
  },
  {
    page: 'config.md',
    title: 'Configuration',
    about: 'What `readConfig` makes of the environment. See [configuration.md](../configuration.md).',
    entry: 'valet',
    from: /^sdk\/(config|secret)/,
  },
  {
    page: 'serving.md',
    title: 'Serving and telemetry',
    about: 'What the control plane offers to a server in front of it, and tells whoever measures it.',
    entry: 'valet',
    from: /^sdk\/(serving|telemetry|correlation|upkeep\/)/,
  },
  {
    page: 'valet.md',
    title: 'Valet',
    about: 'The control plane, directly and over HTTP, and its errors. See [sdk.md](../sdk.md).',
    entry: 'valet',
    from: /./,
  },
  {
    page: 'server.md',
    title: 'valet/server',
    about: '`valet serve` as a library. See [operations.md](../operations.md).',
    entry: 'valet/server',
    from: /./,
  },
  {
    page: 'local.md',
    title: 'valet/local',
    about:
      'The local platform and its parts. See [local-platform.md](../local-platform.md) and [emulator.md](../emulator.md).',
    entry: 'valet/local',
    from: /./,
  },
];

const entries = {
  valet: 'src/sdk/index.ts',
  'valet/server': 'src/server/index.ts',
  'valet/local': 'src/local/index.ts',
};

export interface ReferencePage {
  readonly path: string;
  readonly text: string;
}

export interface Reference {
  readonly exported: readonly { readonly entry: string; readonly exported: Exported }[];
  readonly pages: readonly ReferencePage[];
}

export async function readReference(): Promise<Reference> {
  const names = Object.keys(entries);
  const exported = readExports(Object.values(entries)).flatMap((all, at) =>
    all.map((one) => ({ entry: names[at] ?? '', exported: one })),
  );
  const placed = exported.map((one) => ({ ...one, subject: subjectOf(one.entry, one.exported) }));
  const shown = subjects.map((subject) => ({
    subject,
    all: placed.filter((one) => one.subject === subject).map((one) => one.exported),
  }));
  const pages = await Promise.all(
    shown.map(async ({ subject, all }) => ({
      path: `docs/reference/${subject.page}`,
      text: await pageOf(subject, all),
    })),
  );
  return { exported, pages: [{ path: 'docs/reference/README.md', text: indexOf(shown) }, ...pages] };
}

function subjectOf(entry: string, { file, name }: Exported): Subject {
  const subject = subjects.find((one) => one.entry === entry && one.from.test(file));
  if (subject === undefined) throw new Error(`${name} of ${entry} belongs to no page of the reference.`);
  return subject;
}

const made = 'Made from the source by `npm run docs`; not to be edited.';

function indexOf(shown: readonly { readonly subject: Subject; readonly all: readonly Exported[] }[]): string {
  const sections = shown.map(({ subject, all }) => {
    const names = all.map(({ name }) => `[\`${name}\`](${subject.page}#${name.toLowerCase()})`).join(', ');
    return `## [${subject.title}](${subject.page})\n\nFrom \`${subject.entry}\`. ${subject.about}\n\n${names}\n`;
  });
  return `# API reference\n\n${made} For a way in, read [sdk.md](../sdk.md).\n\n${sections.join('\n')}`;
}

async function pageOf({ title, about, entry }: Subject, all: readonly Exported[]): Promise<string> {
  const sections = await Promise.all(all.map(sectionOf));
  return `# ${title}\n\n${about} Imported from \`${entry}\`. ${made}\n\n${sections.join('\n')}`;
}

async function sectionOf(exported: Exported): Promise<string> {
  const { name, signature, doc, members } = exported;
  const fields = await fieldsOf(exported);
  const code = fields.length > 0 ? '' : `\`\`\`ts\n${signature}\n\`\`\`\n`;
  const told = paragraphs(doc);
  const list = [...fields, ...members.map((member) => `- \`${member.signature}\`${beside(member.doc)}`)];
  return [`## ${name}\n`, code, ...told.map((text) => `${text}\n`), list.length > 0 ? `${list.join('\n')}\n` : '']
    .filter((part) => part !== '')
    .join('\n');
}

function paragraphs({ text, tags }: Doc): readonly string[] {
  return [...(text === '' ? [] : [text]), ...tags.map(tagged)];
}

function beside(doc: Doc): string {
  const told = paragraphs(doc).join(' ');
  return told === '' ? '' : ` — ${told.replaceAll('\n\n', ' ')}`;
}

function tagged({ name, text }: Doc['tags'][number]): string {
  if (name === 'throws') return `Throws ${text.replace(/\.?$/, '.')}`;
  if (name === 'returns') return `Answers ${text.replace(/\.?$/, '.')}`;
  if (name === 'param') return text.replace(/^(\w+)\s+(?:- )?/, '`$1`: ').replace(/\.?$/, '.');
  return text;
}
