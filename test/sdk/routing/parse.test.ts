import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isProjectId } from '../../../src/sdk/projects/project-id.js';
import { type ParsedRoute, parseRoute } from '../../../src/sdk/routing/parse.js';

const routerDomain = 'valet.example.com';
const parse = (host: string | undefined, url = '/') => parseRoute(host, url, routerDomain);
const project = (id: string, via: 'subdomain' | 'path') => ({ kind: 'project', id, via });
const own = { kind: 'own' };
const badHost = { kind: 'bad_host' };

const cases: readonly [what: string, host: string | undefined, url: string, expected: unknown][] = [
  ['a subdomain names the project', 'demo.valet.example.com', '/', project('demo', 'subdomain')],
  ['the case of a host does not matter', 'DeMo.Valet.EXAMPLE.com', '/', project('demo', 'subdomain')],
  ['a port is ignored', 'demo.valet.example.com:8443', '/', project('demo', 'subdomain')],
  ['a trailing dot is ignored', 'demo.valet.example.com.', '/', project('demo', 'subdomain')],
  ['a trailing dot before a port is ignored', 'demo.valet.example.com.:80', '/', project('demo', 'subdomain')],
  ['the subdomain wins over the path', 'a.valet.example.com', '/projects/b', project('a', 'subdomain')],
  ['two levels are no project', 'a.b.valet.example.com', '/', { kind: 'invalid', text: 'a.b' }],
  ['an empty level is no project', '.valet.example.com', '/', { kind: 'invalid', text: '' }],
  ['a label that is no id is invalid', 'de_mo.valet.example.com', '/', { kind: 'invalid', text: 'de_mo' }],
  [
    'punycode is a DNS label and yet no id',
    'xn--dmo-yla.valet.example.com',
    '/',
    { kind: 'invalid', text: 'xn--dmo-yla' },
  ],
  ['the domain itself is ours', 'valet.example.com', '/', own],
  ['a domain that only ends like it is ours', 'demovalet.example.com', '/', own],
  ['another domain is ours', 'demo.example.org', '/', own],
  ['an IPv6 host never matches', '[fdaa::3]:7000', '/', own],
  ['an IPv6 host without brackets is no host', 'fdaa::3', '/', badHost],
  ['two hosts are none', 'a.valet.example.com, b.valet.example.com', '/', badHost],
  ['two hosts are none for the path either', 'x, y', '/projects/demo', badHost],
  ['a host with a space is none', 'demo .valet.example.com', '/', badHost],
  ['a host with bytes beyond ASCII is none', 'dömo.valet.example.com', '/', badHost],
  ['a host with a user in front is none', 'user@demo.valet.example.com', '/', badHost],
  ['a port that is no number makes it none', 'demo.valet.example.com:80x', '/', badHost],
  ['an empty port is ignored', 'demo.valet.example.com:', '/', project('demo', 'subdomain')],
  ['an empty host may use the path', '', '/projects/demo', project('demo', 'path')],
  ['an IPv6 host may use the path', '[::1]:7000', '/projects/demo/x', project('demo', 'path')],
  ['no host may use the path', undefined, '/projects/demo', project('demo', 'path')],
  ['the path ends at a slash', 'x', '/projects/demo/a/b?c', project('demo', 'path')],
  ['the path ends at a query', 'x', '/projects/demo?x=/', project('demo', 'path')],
  ['the case of the id in a path does not matter', 'x', '/projects/DEMO/', project('demo', 'path')],
  ['an encoded id is invalid', 'x', '/projects/%64emo', { kind: 'invalid', text: '%64emo' }],
  ['the collection is ours', 'x', '/projects', own],
  ['the collection with a slash is ours', 'x', '/projects/', own],
  ['an empty id is ours', 'x', '/projects//a', own],
  ['the API is ours', 'x', '/api/projects/demo', own],
  ['an absolute target brings its host', 'x', 'http://demo.valet.example.com/a', project('demo', 'subdomain')],
  ['its host wins over the header', 'a.valet.example.com', 'HTTPS://B.Valet.example.com', project('b', 'subdomain')],
  ['its host wins over two headers', 'a, b', 'http://demo.valet.example.com:80/', project('demo', 'subdomain')],
  ['its path names a project', 'x', 'http://x/projects/demo', project('demo', 'path')],
  ['its query is no path', 'x', 'http://x?/projects/demo', own],
  ['its host may be ours', 'demo.valet.example.com', 'http://valet.example.com/', own],
  ['its host may be bad', 'demo.valet.example.com', 'http://user@demo.valet.example.com/', badHost],
  ['another scheme is no target of ours', 'demo.valet.example.com', 'ftp://demo.valet.example.com/', badHost],
  ['what is neither path nor URL is none', 'demo.valet.example.com', 'x', badHost],
  ['an asterisk asks about a host', 'demo.valet.example.com', '*', project('demo', 'subdomain')],
];

describe('parseRoute', () => {
  it.each(cases)('%s', (_what, host, url, expected) => {
    expect(parse(host, url)).toEqual(expected);
  });

  it('knows no subdomains without a router domain', () => {
    expect(parseRoute('demo.valet.example.com', '/', undefined)).toEqual(own);
  });

  it('repeats no more than 80 characters of what is invalid', () => {
    const parsed = parse('x', `/projects/${'é'.repeat(500)}`);
    expect(parsed).toEqual({ kind: 'invalid', text: 'é'.repeat(80) });
  });
});

const id = fc.stringMatching(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/).filter(isProjectId);
const mixedCase = (text: string) =>
  fc
    .array(fc.boolean(), { minLength: text.length, maxLength: text.length })
    .map((upper) => [...text].map((letter, at) => (upper[at] ? letter.toUpperCase() : letter)).join(''));
const spelling = id.chain((name) => fc.record({ name: fc.constant(name), spelt: mixedCase(name) }));
const port = fc.option(fc.integer({ min: 1, max: 65_535 }), { nil: undefined });

describe('parseRoute, for anything', () => {
  it('finds every id in a subdomain, however it is spelt', () => {
    fc.assert(
      fc.property(spelling, fc.boolean(), port, fc.string(), ({ name, spelt }, dot, number, path) => {
        const host = `${spelt}.${routerDomain}${dot ? '.' : ''}${number === undefined ? '' : `:${number}`}`;
        expect(parse(host, `/${path}`)).toEqual(project(name, 'subdomain'));
      }),
    );
  });

  it('finds every id in a path, whatever follows it', () => {
    const rest = fc.tuple(fc.constantFrom('', '/', '?', '#'), fc.string());
    fc.assert(
      fc.property(spelling, rest, ({ name, spelt }, [mark, text]) => {
        expect(parse('localhost', `/projects/${spelt}${mark}${mark === '' ? '' : text}`)).toEqual(
          project(name, 'path'),
        );
      }),
    );
  });

  it('never throws and never gives an id that is none', () => {
    const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.domain(), fc.ipV6());
    const host = fc.option(
      fc.oneof(
        text,
        text.map((label) => `${label}.${routerDomain}`),
      ),
      { nil: undefined },
    );
    const url = fc.oneof(
      text,
      text.map((segment) => `/projects/${segment}`),
    );
    fc.assert(
      fc.property(host, url, (anyHost, anyUrl) => {
        const parsed: ParsedRoute = parse(anyHost, anyUrl);
        if (parsed.kind === 'project') expect(isProjectId(parsed.id)).toBe(true);
        else expect(['own', 'invalid', 'bad_host']).toContain(parsed.kind);
      }),
    );
  });

  it('finds the same in an absolute target as in a Host header, whatever the header says', () => {
    const anyHost = fc.option(fc.string(), { nil: undefined });
    fc.assert(
      fc.property(spelling, port, anyHost, ({ name, spelt }, number, header) => {
        const host = `${spelt}.${routerDomain}${number === undefined ? '' : `:${number}`}`;
        expect(parse(header, `http://${host}/projects/other`)).toEqual(project(name, 'subdomain'));
      }),
    );
  });

  it('never takes two Host headers for one', () => {
    const one = fc.oneof(
      fc.domain(),
      id.map((name) => `${name}.${routerDomain}`),
      fc.ipV4(),
    );
    fc.assert(
      fc.property(one, one, id, (first, second, name) => {
        expect(parse(`${first}, ${second}`, `/projects/${name}`)).toEqual(badHost);
      }),
    );
  });

  it('takes more than one level for no project', () => {
    fc.assert(
      fc.property(id, id, (first, second) => {
        expect(parse(`${first}.${second}.${routerDomain}`)).toMatchObject({ kind: 'invalid' });
      }),
    );
  });
});
