import { expect, it } from 'vitest';
import { headOf } from '../../src/server/request-head.js';

it.each([
  ['nothing', [], { host: undefined, returned: false, hasBody: false }],
  [
    'a host',
    ['User-Agent', 'a', 'Host', 'demo.valet.test'],
    { host: 'demo.valet.test', returned: false, hasBody: false },
  ],
  ['two hosts', ['Host', 'a', 'hOST', 'b'], { host: 'a, b', returned: false, hasBody: false }],
  ['a length', ['Content-Length', '0'], { host: undefined, returned: false, hasBody: true }],
  ['chunks', ['TRANSFER-ENCODING', 'chunked', 'x', 'y'], { host: undefined, returned: false, hasBody: true }],
  ['a replay that failed', ['Fly-Replay-Failed', ''], { host: undefined, returned: true, hasBody: false }],
  [
    'names of the same lengths',
    ['Toast', '1', 'From', '2', 'X-Content-Type', '3'],
    { host: undefined, returned: false, hasBody: false },
  ],
  ['a value that is called like a name', ['X-Note', 'Host'], { host: undefined, returned: false, hasBody: false }],
] as const)('sees in the headers of a request: %s', (_what, rawHeaders, head) => {
  expect(headOf(rawHeaders)).toEqual(head);
});
