import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isProjectId } from '../../../src/sdk/projects/project-id.js';
import { type ParsedRoute, parseRoute } from '../../../src/sdk/routing/parse.js';

const routerDomain = 'valet.example.com';
const parse = (host: string | undefined, url = '/') => parseRoute({ host, url, routerDomain });
const project = (id: string, via: 'subdomain' | 'path') => ({ kind: 'project', id, via });
const own = { kind: 'own' };

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
  ['punycode is invalid', 'xn--dmo-yla.valet.example.com', '/', { kind: 'invalid', text: 'xn--dmo-yla' }],
  ['the domain itself is ours', 'valet.example.com', '/', own],
  ['a domain that only ends like it is ours', 'demovalet.example.com', '/', own],
  ['another domain is ours', 'demo.example.org', '/', own],
  ['an IPv6 host never matches', '[fdaa::3]:7000', '/', own],
  ['a bare IPv6 host never matches', 'fdaa::3', '/', own],
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
  ['an absolute target is ours', 'x', 'http://x/projects/demo', own],
];

describe('parseRoute', () => {
  it.each(cases)('%s', (_what, host, url, expected) => {
    expect(parse(host, url)).toEqual(expected);
  });

  it('knows no subdomains without a router domain', () => {
    expect(parseRoute({ host: 'demo.valet.example.com', url: '/', routerDomain: undefined })).toEqual(own);
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
        else expect(['own', 'invalid']).toContain(parsed.kind);
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
