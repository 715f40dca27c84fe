import { z } from 'zod';
import { app, apps, createAppAnswer, createAppRequest, deployTokenAnswer, deployTokenRequest } from '../app.js';
import { assignIpRequest, ipAssignment, ipAssignments } from '../ip.js';
import { networkPolicy, networkPolicyRequest } from '../network-policy.js';
import { type Operation, operation, required } from '../operation.js';
import {
  secret,
  secretDeleted,
  secretSet,
  secretSetAnswer,
  secrets,
  secretsUpdate,
  secretsUpdated,
} from '../secret.js';

const item = '/apps/:app';
const secretQuery = ['min_version', 'version', 'show_secrets'];

/** Source: docs.machines.dev; fly.io/docs/machines/api/apps-resource. */
export const appOperations: readonly Operation[] = [
  operation('GET', '/apps', { 200: apps }, { query: ['org_slug', 'app_role'] }),
  // One operator saw 409 for a name that is taken.
  operation(
    'POST',
    '/apps',
    { 201: createAppAnswer },
    {
      query: ['wait'],
      body: required(createAppRequest),
      refusals: [409, 422],
    },
  ),
  operation('GET', item, { 200: app }),
  operation('DELETE', item, { 202: 'empty' }, { query: ['force'], refusals: [409, 412, 422] }),
  operation(
    'POST',
    `${item}/deploy_token`,
    { 200: deployTokenAnswer },
    {
      body: required(deployTokenRequest),
    },
  ),
  operation('GET', `${item}/ip_assignments`, { 200: ipAssignments }),
  operation(
    'POST',
    `${item}/ip_assignments`,
    { 200: ipAssignment },
    {
      body: required(assignIpRequest),
      refusals: [409, 422],
    },
  ),
  operation('DELETE', `${item}/ip_assignments/:ip`, { 204: 'empty' }),
  operation('GET', `${item}/secrets`, { 200: secrets }, { query: secretQuery }),
  operation('POST', `${item}/secrets`, { 200: secretsUpdated }, { body: required(secretsUpdate), refusals: [422] }),
  operation('GET', `${item}/secrets/:name`, { 200: secret }, { query: secretQuery }),
  operation(
    'POST',
    `${item}/secrets/:name`,
    { 201: secretSetAnswer },
    {
      body: required(secretSet),
      refusals: [422],
    },
  ),
  operation('DELETE', `${item}/secrets/:name`, { 200: secretDeleted }),
  // Not in the published document: the docs show no status of success.
  operation('GET', `${item}/network_policies`, { 200: z.array(networkPolicy) }),
  operation(
    'POST',
    `${item}/network_policies`,
    { 200: networkPolicy, 201: networkPolicy },
    {
      body: required(networkPolicyRequest),
      refusals: [409, 422],
    },
  ),
  operation('DELETE', `${item}/network_policies/:policy`, { 200: z.unknown(), 204: 'empty' }),
];
