import { endToEnd, type Header, headerValues, readHeaders, withHeaders, withoutHeaders } from './headers.js';

/** How a request came in. */
export interface Ingress {
  readonly method: string;
  readonly clientIp: string;
  readonly proxyIp: string;
  readonly port: number;
  readonly region: string;
  readonly requestId: string;
  readonly upgrade: string | undefined;
}

/** Only the proxy says these; a client that does is not heard. `expect` was already answered by the proxy. */
const proxyOnly = [
  'fly-replay-src',
  'fly-replay-failed',
  'fly-replay-cache-status',
  'fly-preferred-instance-unavailable',
  'expect',
];

/** The client's headers with those of the proxy. Source: fly.io/docs/networking/request-headers */
export function forwardedHeaders(rawHeaders: readonly string[], ingress: Ingress): Header[] {
  const sent = withoutHeaders(endToEnd(readHeaders(rawHeaders)), proxyOnly);
  const forwardedFor = [...headerValues(sent, 'x-forwarded-for'), ingress.clientIp, ingress.proxyIp].join(', ');
  const added: Header[] = [
    ['Fly-Client-IP', ingress.clientIp],
    ['Fly-Request-Id', ingress.requestId],
    ['Fly-Region', ingress.region],
    ['Fly-Forwarded-Port', String(ingress.port)],
    ['X-Forwarded-For', forwardedFor],
    ['X-Forwarded-Proto', 'http'],
    ['X-Forwarded-SSL', 'off'],
    ['Via', [...headerValues(sent, 'via'), '1.1 fly.io'].join(', ')],
  ];
  return [...withHeaders(sent, added), ...missing(sent, ingress), ...upgradeHeaders(ingress)];
}

function missing(sent: readonly Header[], ingress: Ingress): Header[] {
  const has = (name: string) => headerValues(sent, name).length > 0;
  const framed = has('content-length') || has('transfer-encoding');
  const headers: Header[] = [];
  // A client may claim another port; Fly lets it stand.
  if (!has('x-forwarded-port')) headers.push(['X-Forwarded-Port', String(ingress.port)]);
  if (!has('host')) headers.push(['Host', `localhost:${ingress.port}`]);
  // Without it the HTTP client would announce a chunked body that the original did not have.
  if (!framed && !/^(GET|HEAD|OPTIONS|DELETE|TRACE)$/.test(ingress.method)) headers.push(['Content-Length', '0']);
  return headers;
}

function upgradeHeaders(ingress: Ingress): Header[] {
  if (ingress.upgrade === undefined) return [];
  return [
    ['Connection', 'Upgrade'],
    ['Upgrade', ingress.upgrade],
  ];
}
