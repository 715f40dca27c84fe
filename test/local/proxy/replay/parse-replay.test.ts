import { describe, expect, test } from 'vitest';
import {
  type CacheHeaders,
  parseReplayHeader,
  parseReplayJson,
} from '../../../../src/local/proxy/replay/parse-replay.js';

const parseHeader = (header: string, cache: CacheHeaders = {}) => parseReplayHeader(header, cache, 'refused');
const parseJson = (body: unknown) => parseReplayJson(typeof body === 'string' ? body : JSON.stringify(body), 'refused');

describe('the header form', () => {
  test('all fields are read', () => {
    const header =
      'app=projects;instance=00bb33ff;region="iad, ord,any";state=a=b c;elsewhere=true;timeout=10s;fallback=prefer_self';
    expect(parseHeader(header)).toEqual({
      kind: 'replay',
      replay: {
        app: 'projects',
        instance: '00bb33ff',
        preferInstance: undefined,
        regions: ['iad', 'ord', 'any'],
        state: 'a=b c',
        elsewhere: true,
        timeoutMs: 10_000,
        fallback: 'prefer_self',
      },
    });
  });

  test('a quoted state may hold semicolons, spaces around separators do not matter', () => {
    expect(parseHeader('prefer_instance = abc ; state="x;y" ;')).toMatchObject({
      kind: 'replay',
      replay: { preferInstance: 'abc', state: 'x;y', elsewhere: false },
    });
  });

  test.each([
    ['800ms', 800],
    ['1.5s', 1_500],
    ['2m', 120_000],
    ['500us', 0.5],
  ])('timeout %s is %d milliseconds', (timeout, timeoutMs) => {
    expect(parseHeader(`app=a;timeout=${timeout}`)).toMatchObject({ replay: { timeoutMs } });
  });

  test.each([
    ['a timeout without unit', 'instance=a;timeout=1500'],
    ['an unknown field', 'instance=a;machine=b'],
    ['an unknown fallback', 'instance=a;fallback=self'],
    ['a word without value', 'instance'],
    ['nothing', ''],
    ['a field named twice', 'app=a;app=b'],
    ['rubbish at the end', 'app=a;;;b'],
    ['an instance that is no name', 'instance=a b'],
    ['two headers joined', 'app=a, app=b'],
    ['a transform, which only JSON has', 'app=a;transform=b'],
    ['a name that every object has', 'app=a;__proto__=b'],
  ])('%s is invalid', (_, header) => {
    expect(parseHeader(header).kind).toBe('invalid');
  });
});

describe('the JSON form', () => {
  test('it has the same fields and a transform', () => {
    const transform = { path: '/new?x=1', delete_headers: ['cookie'], set_headers: [{ name: 'x-user', value: 'u 1' }] };
    const body = {
      app: 'a',
      region: 'iad,us',
      elsewhere: true,
      timeout: '5s',
      transform,
      allow_bypass: false,
    };
    expect(parseJson(body)).toMatchObject({
      kind: 'replay',
      replay: { app: 'a', regions: ['iad', 'us'], elsewhere: true, timeoutMs: 5_000, transform },
    });
  });

  test.each([
    ['text that is not JSON', '{'],
    ['a list', '[]'],
    ['an unknown field', '{"machine":"a"}'],
    ['a header value with a line break', '{"transform":{"set_headers":[{"name":"a","value":"x\\r\\nevil: 1"}]}}'],
    ['a state with a line break', '{"state":"x\\r\\nevil: 1"}'],
    ['a path that is no path', '{"transform":{"path":"http://elsewhere"}}'],
  ])('%s is invalid', (_, body) => {
    expect(parseJson(body).kind).toBe('invalid');
  });
});

test('a timeout without unit can be taken for milliseconds, in both forms', () => {
  const expected = { replay: { app: 'a', timeoutMs: 1_500 } };
  expect(parseReplayHeader('app=a;timeout=1500', {}, 'milliseconds')).toMatchObject(expected);
  expect(parseReplayJson('{"app":"a","timeout":1500}', 'milliseconds')).toMatchObject(expected);
  expect(parseReplayHeader('app=a;timeout=1.5s', {}, 'milliseconds')).toMatchObject(expected);
  expect(parseJson({ app: 'a', timeout: 1500 }).kind).toBe('invalid');
});

describe('a replay that is to be cached', () => {
  const cache = { cache: 'demo.localhost/a/*', ttlSecs: '60', allowBypass: 'yes' };

  test('is understood in both forms and is a replay like any other', () => {
    const replay = { app: 'a', elsewhere: false };
    expect(parseHeader('app=a', cache)).toMatchObject({ kind: 'replay', replay });
    const json = { app: 'a', cache: { prefix: '/a/*', ttl: 60 }, allow_bypass: true };
    expect(parseJson(json)).toMatchObject({ kind: 'replay', replay });
  });

  test.each(['state=x', 'timeout=5s', 'fallback=prefer_self'])('may not have %s, as on Fly', (field) => {
    expect(parseHeader(`app=a;${field}`, cache)).toMatchObject({ kind: 'invalid' });
    expect(parseHeader(`app=a;${field}`, { cache: 'invalidate' })).toMatchObject({ kind: 'replay' });
    const [name = '', value] = field.split('=');
    expect(parseJson({ app: 'a', [name]: value, cache: { prefix: '/', ttl: 60 } }).kind).toBe('invalid');
  });

  test.each<[string, object]>([
    ['a transform', { transform: { path: '/' }, cache: { prefix: '/', ttl: 60 } }],
    ['a time under 10 seconds', { cache: { prefix: '/', ttl: 9 } }],
    ['a pattern that is no path', { cache: { prefix: 'a', ttl: 60 } }],
  ])('may not have %s', (_, fields) => {
    expect(parseJson({ app: 'a', ...fields }).kind).toBe('invalid');
  });

  test.each(['9', 'soon', ''])('may not have the header ttl "%s"', (ttlSecs) => {
    expect(parseHeader('app=a', { ...cache, ttlSecs }).kind).toBe('invalid');
  });
});
