import type { ObserverRule } from './observers.js';

const look = ['GET', 'HEAD'];

/**
 * ROUTER_OBSERVERS=preset. docs/routing.md says line by line who that is; test/docs/routing.test.ts compares the two. Only
 * what nobody waits for: a person's browser has none of these names.
 */
export const observerPreset: readonly ObserverRule[] = [
  {
    name: 'health paths',
    methods: look,
    paths: ['/health', '/healthz', '/livez', '/readyz', '/.well-known/health'],
  },
  {
    name: 'health probes',
    methods: look,
    user_agents: ['kube-probe/', 'ELB-HealthChecker/', 'GoogleHC/', 'Consul Health Check'],
  },
  {
    name: 'link previews',
    methods: look,
    user_agents: [
      'Slackbot',
      'Slack-ImgProxy',
      'Twitterbot/',
      'facebookexternalhit/',
      'Facebot',
      'Discordbot/',
      'WhatsApp/',
      'LinkedInBot/',
      'TelegramBot',
      'SkypeUriPreview',
      'Pinterestbot/',
      'redditbot/',
      'Bluesky Cardyb/',
      'Mastodon/',
      'Embedly/',
      'Iframely/',
      'vkShare',
    ],
  },
  {
    name: 'crawlers',
    methods: look,
    user_agents: [
      'Googlebot',
      'bingbot/',
      'DuckDuckBot',
      'YandexBot/',
      'Baiduspider',
      'Applebot/',
      'AhrefsBot/',
      'SemrushBot',
      'MJ12bot/',
      'DotBot/',
      'PetalBot',
      'Bytespider',
      'GPTBot/',
      'OAI-SearchBot/',
      'ClaudeBot/',
      'PerplexityBot/',
      'CCBot/',
      'Amazonbot/',
      'meta-externalagent/',
      'archive.org_bot',
    ],
  },
  {
    name: 'uptime monitors',
    methods: look,
    user_agents: [
      'UptimeRobot/',
      'Pingdom.com_bot',
      'StatusCake',
      'Better Uptime Bot',
      'Better Stack',
      'Site24x7',
      'Uptime-Kuma/',
      'Datadog/Synthetics',
      'HetrixTools',
      'updown.io',
      'Checkly',
      'Freshping',
    ],
  },
];
