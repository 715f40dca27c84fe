import { describe, expect, test } from 'vitest';
import { parseReplayHeader, parseReplayJson } from '../../../src/local/proxy/parse-replay.js';

describe('the header form', () => {
  test('all fields are read', () => {
    const header =
      'app=projects;instance=00bb33ff;region="iad, ord,any";state=a=b c;elsewhere=true;timeout=10s;fallback=prefer_self';
    expect(parseReplayHeader(header)).toEqual({
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
    expect(parseReplayHeader('prefer_instance = abc ; state="x;y" ;')).toMatchObject({
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
    expect(parseReplayHeader(`app=a;timeout=${timeout}`)).toMatchObject({ replay: { timeoutMs } });
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
  ])('%s is invalid', (_, header) => {
    expect(parseReplayHeader(header).kind).toBe('invalid');
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
      cache: { prefix: '/', ttl: 60 },
    };
    expect(parseReplayJson(JSON.stringify(body))).toMatchObject({
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
    expect(parseReplayJson(body).kind).toBe('invalid');
  });
});
