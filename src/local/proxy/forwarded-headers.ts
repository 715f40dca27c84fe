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
  /** Set when the request named it in another place than its Host header. */
  readonly host: string | undefined;
  readonly forgedReplayHeaders: 'kept' | 'removed';
}

/** Only the proxy should say these. */
const ofReplays = [
  'fly-replay-src',
  'fly-replay-failed',
  'fly-replay-cache-status',
  'fly-preferred-instance-unavailable',
];

/** The client's headers with those of the proxy. Source: fly.io/docs/networking/request-headers */
export function forwardedHeaders(rawHeaders: readonly string[], ingress: Ingress): Header[] {
  // The proxy itself has answered `expect`.
  const dropped = ['expect', ...(ingress.forgedReplayHeaders === 'removed' ? ofReplays : [])];
  const sent = withoutHeaders(endToEnd(readHeaders(rawHeaders)), dropped);
  const forwardedFor = [...headerValues(sent, 'x-forwarded-for'), ingress.clientIp, ingress.proxyIp].join(', ');
  const added: Header[] = [
    ['Fly-Client-IP', ingress.clientIp],
    ['Fly-Request-Id', ingress.requestId],
    ['Fly-Region', ingress.region],
    ['Fly-Forwarded-Port', String(ingress.port)],
    ['X-Forwarded-For', forwardedFor],
    ['X-Forwarded-Proto', 'http'],
    ['X-Forwarded-SSL', 'off'],
    viaFly(sent),
  ];
  if (ingress.host !== undefined) added.push(['Host', ingress.host]);
  return [...withHeaders(sent, added), ...missing(sent, ingress), ...upgradeHeaders(ingress)];
}

function missing(sent: readonly Header[], ingress: Ingress): Header[] {
  const has = (name: string) => headerValues(sent, name).length > 0;
  const framed = has('content-length') || has('transfer-encoding');
  const headers: Header[] = [];
  // A client may claim another port; Fly lets it stand.
  if (!has('x-forwarded-port')) headers.push(['X-Forwarded-Port', String(ingress.port)]);
  if (!has('host') && ingress.host === undefined) headers.push(['Host', `localhost:${ingress.port}`]);
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

/** On requests and answers: fly.io/docs/networking/request-headers */
export function viaFly(headers: readonly Header[]): Header {
  return ['Via', [...headerValues(headers, 'via'), '1.1 fly.io'].join(', ')];
}
