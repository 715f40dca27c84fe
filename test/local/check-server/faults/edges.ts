import { bodyOf, type Fault, reply } from '../../../support/faulty-server.js';
import { internalSecret } from '../../../support/project-server.js';
import { answering, type FaultyServer, isArchive, isConfigure, isStatus, isVisit, misreporting } from './fault.js';

const isHuge = ({ text }: { readonly text: string }) => text.length > 1_000_000;

/** Tells of every visit, once it knows where to. */
function reporting(tell: (project: string) => { readonly project: string; readonly bearer: string }): Fault {
  let own = '';
  let origin = '';
  return async (call, forward) => {
    if (isConfigure(call)) own = String(call.body.project_id);
    if (isArchive(call)) origin = URL.parse(String(call.body.upload_url))?.origin ?? origin;
    if (isVisit(call) && origin !== '') {
      const { project, bearer } = tell(own);
      const headers = { authorization: `Bearer ${bearer}` };
      await fetch(`${origin}/api/projects/${project}/activity`, { method: 'POST', headers });
    }
    return forward(call);
  };
}

export const edgeFaults: readonly FaultyServer[] = [
  {
    name: 'takes every status for use',
    breaks: ['activity.status-is-no-use', 'activity.observers'],
    fault: () => {
      let looks = 0;
      return async (call, forward) => {
        const said = await forward(call);
        if (!isStatus(call)) return said;
        const last_activity_at = new Date(1_700_000_000_000 + ++looks).toISOString();
        return { ...said, text: JSON.stringify({ ...bodyOf(said), last_activity_at }) };
      };
    },
  },
  {
    name: 'takes who only looks for a user',
    breaks: ['activity.observers'],
    fault: () => async (call, forward) => {
      const { 'fly-replay-src': _, ...headers } = call.headers;
      return forward({ ...call, headers });
    },
  },
  {
    name: 'reports use of another project',
    breaks: ['activity.reports'],
    fault: () => reporting(() => ({ project: 'stranger', bearer: internalSecret })),
  },
  {
    name: 'reports with another secret',
    breaks: ['activity.reports'],
    fault: () => reporting((project) => ({ project, bearer: 'of-another-machine' })),
  },
  ...['GET', 'HEAD', 'POST'].map(
    (method): FaultyServer => ({
      name: `answers ${method} of what it does not know with its home page`,
      breaks: ['paths.unknown'],
      fault: answering((call) => call.path === '/internal/no-such-call' && call.method === method, reply(200)),
    }),
  ),
  {
    name: 'takes a GET for an archive call',
    breaks: ['paths.method'],
    fault: misreporting('method_not_allowed', 200),
  },
  {
    name: 'fails over half of an object',
    breaks: ['bodies.malformed'],
    fault: misreporting('request_invalid', 500),
  },
  {
    name: 'wants no field that it does not know',
    breaks: ['bodies.unknown-fields'],
    fault: answering((call) => 'of_a_later_version' in call.body && !isHuge(call), reply(400)),
  },
  {
    name: 'reads whatever comes',
    breaks: ['bodies.huge'],
    fault: answering(isHuge, reply(200)),
  },
  {
    name: 'ends over a huge body',
    breaks: ['bodies.alive'],
    fault: () => {
      let isDead = false;
      return async (call, forward) => {
        isDead ||= isHuge(call);
        return isDead ? 'drop' : forward(call);
      };
    },
  },
];
