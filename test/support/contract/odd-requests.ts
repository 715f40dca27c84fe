import fc from 'fast-check';

/** Parts of paths, queries and tokens that nobody would send in earnest. */
export const oddPart = fc.oneof(
  fc.constantFrom(
    '..',
    '.',
    '',
    '%2e%2e',
    '%00',
    '%zz',
    '%',
    '%c0%af',
    '*',
    'a b'.replace(' ', '+'),
    '%2Fv1',
    '~',
    "'",
    '{}',
  ),
  fc.stringMatching(/^[!-~]{1,12}$/).filter((text) => !/[?#\\]/.test(text)),
  fc.constant('x'.repeat(1_000)),
);
export const oddQuery = fc.oneof(
  fc.constantFrom('timeout=-1', 'timeout=1e9', 'timeout=%00', 'timeout=', 'state=&state=%zz', 'limit=-1', 'limit=1e99'),
  fc.constantFrom(
    'force=maybe',
    'summary=2',
    'include_deleted=%ff',
    '&&&===',
    'metadata.=&metadata.__proto__=1',
    'region=',
  ),
  fc.constantFrom('x', 'state=started,').map((text) => text.repeat(500)),
  fc.stringMatching(/^[!-~]{0,30}$/).filter((text) => !/[#\\]/.test(text)),
);
export const oddToken = fc.oneof(
  fc.constantFrom(
    '',
    'Bearer',
    'Bearer ',
    'Basic dGVzdA==',
    'FlyV1',
    'FlyV1 ,,,',
    'Bearer: test-fly-token',
    'Bearer test-fly-token-',
  ),
  fc.stringMatching(/^[ -~]{0,60}$/),
);
/** What may follow the id of a machine. */
export const tails = [
  '',
  '/start',
  '/stop',
  '/wait',
  '/events',
  '/lease',
  '/metadata',
  '/metadata/a',
  '/versions',
  '/ps',
  '/memory',
];
