import { z } from 'zod';
import type { NetworkPolicies } from '../apps/network-policies.js';
import { refusals } from '../refusal.js';
import { parseBody } from './body.js';
import { optional, optionalText } from './optional.js';
import { type ApiAnswer, type ApiRequest, param, type Route } from './router.js';

const collection = '/apps/:app/network_policies';

const selector = z
  .object({
    all: optional(z.boolean()),
    machines: optional(z.array(z.object({ id: z.string().min(1) })).min(1)),
    metadata: optional(z.record(z.string(), z.string())),
  })
  .refine(
    ({ all, machines, metadata }) => all === true || machines !== undefined || metadata !== undefined,
    'selects no machines',
  );

const rule = z.object({
  action: z.literal('allow', 'only allow is supported'),
  direction: z.enum(['ingress', 'egress']),
  ports: z.array(z.object({ protocol: z.enum(['tcp', 'udp']), port: z.int().min(1).max(65_535) })),
});

const policySchema = z.object({
  id: optionalText(z.string()),
  name: z.string().min(1),
  selector,
  rules: z.array(rule).min(1),
});

/**
 * Network policies, kept and checked. Only their requests are published: that they come back as they were sent, and
 * what a delete answers, is a guess. Source: fly.io/docs/machines/guides-examples/network-policies.
 */
export function policyRoutes(policies: NetworkPolicies): readonly Route[] {
  const list = (request: ApiRequest): ApiAnswer => ({ status: 200, body: policies.list(param(request, 'app')) });
  return [
    { method: 'GET', path: collection, call: 'list_policies', handle: list },
    // The docs write this one with a slash at its end.
    { method: 'GET', path: `${collection}/`, call: 'list_policies', handle: list },
    { method: 'POST', path: collection, call: 'set_policy', handle: (request) => put(policies, request) },
    {
      method: 'DELETE',
      path: `${collection}/:policy`,
      call: 'delete_policy',
      handle: (request) => {
        const removed = policies.remove(param(request, 'app'), param(request, 'policy'));
        if (!removed) throw refusals.notFound('network policy');
        return { status: 204 };
      },
    },
  ];
}

function put(policies: NetworkPolicies, request: ApiRequest): ApiAnswer {
  const policy = policies.put(param(request, 'app'), parseBody(policySchema, request.bodyText));
  if (policy === undefined) throw refusals.notFound('network policy');
  return { status: 200, body: policy };
}
