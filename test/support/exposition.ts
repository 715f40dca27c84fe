/** One line of a scrape. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Family {
  readonly name: string;
  readonly type: string;
  readonly samples: Sample[];
}

const nameRule = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const label = '[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\["\\\\n])*"';
const sampleRule = new RegExp(`^(${nameRule})(?:\\{(${label}(?:,${label})*)\\})? (\\S+)$`);
const valueRule = /^(?:[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|[+-]?Inf|nan)$/i;

/**
 * Prometheus' text format, read by its grammar and its rules (prometheus.io/docs/instrumenting/exposition_formats): all
 * lines of a family together, no series twice, buckets that add up. Throws at the first line that breaks one.
 */
export function readExposition(text: string): Map<string, Family> {
  if (!text.endsWith('\n')) throw new Error('The last line has no end.');
  const families = new Map<string, Family>();
  const series = new Set<string>();
  let family: Family | undefined;
  for (const line of text.split('\n').filter((each) => each !== '' && !each.startsWith('# HELP '))) {
    const [, head, type = ''] = new RegExp(`^# TYPE (${nameRule}) (counter|gauge|histogram)$`).exec(line) ?? [];
    if (head !== undefined) {
      if (families.has(head)) throw new Error(`Twice: ${line}`);
      family = { name: head, type, samples: [] };
      families.set(head, family);
      continue;
    }
    const sample = readSample(line);
    if (family === undefined || !namesOf(family).includes(sample.name)) throw new Error(`In no family: ${line}`);
    if (series.has(seriesOf(sample))) throw new Error(`Twice: ${line}`);
    series.add(seriesOf(sample));
    family.samples.push(sample);
  }
  for (const each of families.values()) checkFamily(each);
  return families;
}

/** The value of one series; undefined if it is not there. */
export function sampleOf(
  families: Map<string, Family>,
  name: string,
  labels: Sample['labels'] = {},
): number | undefined {
  const wanted = seriesOf({ name, labels, value: 0 });
  const all = [...families.values()].flatMap(({ samples }) => samples);
  return all.find((sample) => seriesOf(sample) === wanted)?.value;
}

function namesOf({ name, type }: Family): string[] {
  return type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name];
}

function readSample(line: string): Sample {
  const [, name, labels = '', value] = sampleRule.exec(line) ?? [];
  if (name === undefined || value === undefined || !valueRule.test(value)) throw new Error(`No sample: ${line}`);
  const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key = '', text = '']) => [key, text]);
  return {
    name,
    labels: Object.fromEntries(pairs),
    value: value === '+Inf' ? Number.POSITIVE_INFINITY : Number(value),
  };
}

function seriesOf({ name, labels }: Sample): string {
  return `${name} ${JSON.stringify(Object.entries(labels).toSorted())}`;
}

function checkFamily({ name, type, samples }: Family): void {
  if (type === 'counter' && !name.endsWith('_total')) throw new Error(`A counter that is no _total: ${name}`);
  if (type === 'counter' && samples.some(({ value }) => !(value >= 0))) throw new Error(`A counter below 0: ${name}`);
  if (type !== 'histogram') return;
  for (const { labels, value } of samples.filter((sample) => sample.name === `${name}_count`)) {
    const buckets = samples.filter(
      (sample) =>
        sample.name === `${name}_bucket` && Object.keys(labels).every((key) => sample.labels[key] === labels[key]),
    );
    const counts = buckets.map((bucket) => bucket.value);
    if (counts.some((count, index) => count < (counts[index - 1] ?? 0)))
      throw new Error(`Buckets that shrink: ${name}`);
    if (buckets.at(-1)?.labels.le !== '+Inf' || counts.at(-1) !== value) throw new Error(`No last bucket: ${name}`);
  }
}
