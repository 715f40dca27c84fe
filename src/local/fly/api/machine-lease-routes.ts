import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Lease } from '../machines/lease.js';
import type { Machine } from '../machines/machine.js';
import { viewLease } from '../machines/view.js';
import { refusals } from '../refusal.js';
import type { UnconfirmedAnswers } from '../unconfirmed.js';
import type { Caller } from './access.js';
import { parseBody } from './body.js';
import { type MachineCalls, nonceIn } from './machine-calls.js';
import { maxLeaseTtlSecs } from './machine-request.js';
import { wholeIn } from './query.js';
import type { ApiAnswer, ApiRequest, Route } from './router.js';

const path = '/apps/:app/machines/:id/lease';
const leaseSchema = z.object({
  ttl: z.int().nonnegative().max(maxLeaseTtlSecs).default(0),
  description: z.string().default(''),
});

/** Leases, in the envelope of the docs and the vendor's client. Source: fly.io/docs/machines/api/machines-resource. */
export function machineLeaseRoutes(calls: MachineCalls, unconfirmed: UnconfirmedAnswers): readonly Route[] {
  const take = (machine: Machine, request: ApiRequest) => takeLease(machine, request, unconfirmed.now.leaseTtlSecs);
  return [
    { method: 'GET', path, call: 'get_lease', handle: calls.read(show) },
    { method: 'POST', path, call: 'take_lease', handle: calls.inside(take) },
    { method: 'DELETE', path, call: 'release_lease', handle: calls.inside(release) },
  ];
}

function show({ lease, record }: Machine): ApiAnswer {
  if (lease.current === undefined) throw refusals.notFound('lease');
  return envelope(200, viewLease(lease.current, record.version));
}

/** The time may be in the query, where the vendor's client puts it, or in the body. */
function takeLease(machine: Machine, request: ApiRequest, defaultTtlSecs: number): ApiAnswer {
  const body = parseBody(leaseSchema, request.bodyText.trim() === '' ? '{}' : request.bodyText);
  const askedSecs = wholeIn(request.query, 'ttl', { min: 0, max: maxLeaseTtlSecs, fallback: body.ttl });
  const lease = leaseFor(machine, request, askedSecs === 0 ? defaultTtlSecs : askedSecs, body.description);
  return envelope(201, viewLease(lease, machine.record.version));
}

function release({ lease }: Machine, request: ApiRequest): ApiAnswer {
  lease.release(nonceIn(request));
  return envelope(200, { ok: true });
}

/** @throws FlyRefusal 409 when somebody else holds it */
export function leaseFor({ lease }: Machine, request: ApiRequest, ttlSecs: number, description = ''): Lease {
  return lease.take({ nonce: nonceIn(request), owner: ownerOf(request.caller), description, ttlSecs });
}

/** Fly names the token by its id. */
function ownerOf(caller: Caller): string {
  const whose = caller.kind === 'org' ? caller.org : caller.app;
  const id = createHash('sha256').update(`${caller.kind}:${whose}`).digest('hex').slice(0, 32);
  return `${id}@tokens.fly.io`;
}

function envelope(status: number, data: unknown): ApiAnswer {
  return { status, body: { status: 'success', data } };
}
