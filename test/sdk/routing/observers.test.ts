import { describe, expect, it } from 'vitest';
import { observerPreset } from '../../../src/sdk/routing/observer-preset.js';
import { Observers, type Seen } from '../../../src/sdk/routing/observers.js';

const chrome =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';
const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0';
const safari =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1';

const seen = (fields: Partial<Seen> = {}): Seen => ({ method: 'GET', path: '/', userAgent: chrome, ...fields });

describe('Observers', () => {
  it('are not there to be asked without a rule', () => {
    expect(Observers.of([])).toBeUndefined();
  });

  const rules = [
    { name: 'all three', methods: ['GET', 'HEAD'], paths: ['/status', '/probe/*'], user_agents: ['a.b/', 'Robot'] },
    { name: 'a method', methods: ['PROPFIND'] },
  ];
  const observers = Observers.of(rules);

  it.each([
    ['every field of a rule', { path: '/status', userAgent: 'my robot' }, true],
    ['a path with a query', { path: '/status?full=1', userAgent: 'my robot' }, true],
    ['a path that begins like it', { path: '/probe/x', userAgent: 'my robot' }, true],
    ['an agent with characters that mean something to a pattern', { path: '/status', userAgent: 'A.B/2' }, true],
    ['such an agent only literally', { path: '/status', userAgent: 'AxB/2' }, false],
    ['no longer path', { path: '/status/x', userAgent: 'my robot' }, false],
    ['no other method', { method: 'POST', path: '/status', userAgent: 'my robot' }, false],
    ['no other agent', { path: '/status' }, false],
    ['no request without an agent', { path: '/status', userAgent: undefined }, false],
    ['another rule', { method: 'PROPFIND' }, true],
  ] as const)('match %s', (_what, fields, expected) => {
    expect(observers?.match(seen(fields))).toBe(expected);
  });
});

describe('the preset', () => {
  const preset = Observers.of(observerPreset);

  it.each([
    ['Slack', 'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)'],
    ['X', 'Twitterbot/1.0'],
    ['Facebook', 'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)'],
    ['Discord', 'Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)'],
    ['WhatsApp', 'WhatsApp/2.23.20.0'],
    ['LinkedIn', 'LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)'],
    ['Telegram', 'TelegramBot (like TwitterBot)'],
    ['Google', 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'],
    [
      'Bing',
      'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)',
    ],
    ['Kubernetes', 'kube-probe/1.31'],
    ['UptimeRobot', 'Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)'],
  ])('knows %s', (_who, userAgent) => {
    expect(preset?.match(seen({ userAgent }))).toBe(true);
    expect(preset?.match(seen({ userAgent, method: 'POST' }))).toBe(false);
  });

  it.each([chrome, firefox, safari, 'curl/8.15.0', 'node', undefined])('takes %s for a user', (userAgent) => {
    for (const path of ['/', '/api/items', '/health/records', '/index.html']) {
      expect(preset?.match(seen({ userAgent, path }))).toBe(false);
    }
  });

  it('G5: has nobody but probes ask for a health path', () => {
    expect(preset?.match(seen({ path: '/healthz' }))).toBe(true);
    expect(preset?.match(seen({ path: '/healthz', method: 'POST' }))).toBe(false);
  });
});
