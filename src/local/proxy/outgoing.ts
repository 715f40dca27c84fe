import type { Client } from './client.js';
import type { Member } from './delivery/members.js';
import type { OutgoingRequest } from './delivery/upstream.js';
import { forwardedHeaders } from './forwarded-headers.js';
import { type Leg, legHeaders } from './replay/leg.js';
import type { RequestBody } from './request-body.js';
import type { RequestTarget } from './request-target.js';

export interface Passage {
  readonly client: Client;
  readonly target: RequestTarget;
  readonly body: RequestBody;
  readonly region: string;
  readonly requestId: string;
  readonly forgedReplayHeaders: 'kept' | 'removed';
}

/** What is sent on each leg: the client's request with the proxy's headers, changed as the leg wants it. */
export function outgoingRequests(passage: Passage): (leg: Leg, to: Member) => OutgoingRequest {
  const { client, target, body, ...said } = passage;
  const { rawHeaders, socket, headers, method = 'GET' } = client.request;
  const original = forwardedHeaders(rawHeaders, {
    ...said,
    method,
    clientIp: plainIp(socket.remoteAddress),
    proxyIp: plainIp(socket.localAddress),
    port: socket.localPort ?? 0,
    upgrade: client.upgrade && headers.upgrade,
    host: target.host === headers.host ? undefined : target.host,
  });
  return (leg, to) => {
    const path = leg.transform?.path ?? target.path;
    return { method, path, headers: legHeaders(original, leg, to), body, pooled: true };
  };
}

function plainIp(address: string | undefined): string {
  return (address ?? '').replace(/^::ffff:/, '');
}
