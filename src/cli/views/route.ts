import type { Route } from '../../sdk/resources.js';

type Decision = Route['decision'];

/** What becomes of an ordinary request. */
const request: Readonly<Record<Decision, string>> = {
  replay: 'A request goes to its machine at once, and counts as use',
  wake: 'A request wakes it, waits until it is active (at most ROUTER_WAKE_TIMEOUT_SECS), and then goes to its machine.',
  hold: 'A request waits until it is active (at most ROUTER_WAKE_TIMEOUT_SECS), and then goes to its machine.',
  asleep: 'A request gets an answer that says that it is asleep.',
  observe: 'A request has its machine looked at and repaired, and gets a page that reloads itself, or 503.',
  wait: 'A request has it woken, and gets a page that reloads itself, or 503.',
  not_found: 'A request gets 404.',
  lost: 'A request gets 503, until an operator restores it.',
  invalid: 'A request gets 400.',
  not_a_project: 'A request is answered by Valet itself.',
};

/** What becomes of one that only looks, where that is something else. */
const observer: Partial<Readonly<Record<Decision, string>>> = {
  asleep: 'One that only looks (a probe, a link preview) wakes nothing: it is told that the project is asleep.',
  replay: 'One that only looks (a probe, a link preview) goes there too, and does not count.',
};

/** What becomes of one that its machine did not take, where that is something else. */
const returned: Partial<Readonly<Record<Decision, string>>> = {
  observe:
    'One that comes back because the machine does not take it is not sent again: the machine is looked at and repaired, and the person waits at a page.',
  wait: 'One that comes back because a machine did not take it does not wait here: the project is woken, and the person waits at a page.',
};

/** Where a request goes now and why, as an answer in sentences. */
export function routeSentences(asked: string, route: Route): string[] {
  const { decision, project_id, state, reason, fly_replay, if_observer, if_returned } = route;
  const isHost = project_id !== null && asked.toLowerCase() !== project_id;
  const belongs = isHost ? [`${asked} belongs to project ${project_id}.`] : [];
  const how = decision === 'replay' ? `${request.replay}: fly-replay: ${fly_replay}` : request[decision];
  const others = [if_observer && observer[if_observer], if_returned && returned[if_returned]];
  return [
    ...belongs,
    state === 'suspended' ? `${reason} Fly has suspended the machine, and resumes it for the request.` : reason,
    how,
    ...others.filter((sentence) => typeof sentence === 'string'),
  ];
}
