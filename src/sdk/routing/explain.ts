import { isProjectId } from '../projects/project-id.js';
import type { Route } from '../resources.js';
import type { CachedRoute } from './cached-route.js';
import { decide, plainFacts } from './decide.js';
import { hostName, type ParsedRoute, parseRoute } from './parse.js';

/** What was asked about: with a dot or a colon it is a host, otherwise an id. */
export function parseSubject(hostOrId: string, routerDomain: string | undefined): ParsedRoute {
  if (/[.:]/.test(hostOrId)) return parseRoute(hostOrId, '/', routerDomain && hostName(routerDomain));
  const text = hostOrId.toLowerCase();
  return isProjectId(text) ? { kind: 'project', id: text, via: 'path' } : { kind: 'invalid', text: text.slice(0, 80) };
}

export function explainRoute({ id, view, replay }: CachedRoute): Route {
  const decision = decide(id, view, plainFacts);
  return {
    project_id: id,
    state: view?.state ?? null,
    machine_id: view?.machine?.flyId ?? null,
    decision: decision.kind,
    reason: decision.reason,
    fly_replay: replay?.header ?? null,
    if_observer: decide(id, view, { observer: true, returned: false }).kind,
    if_returned: decide(id, view, { observer: false, returned: true }).kind,
  };
}

export function explainNoProject(parsed: Exclude<ParsedRoute, { kind: 'project' }>): Route {
  const [decision, reason] = whyNoProject(parsed);
  const nothing = { fly_replay: null, if_observer: null, if_returned: null };
  return { project_id: null, state: null, machine_id: null, decision, reason, ...nothing };
}

function whyNoProject(parsed: Exclude<ParsedRoute, { kind: 'project' }>): readonly [Route['decision'], string] {
  switch (parsed.kind) {
    case 'own':
      return ['not_a_project', 'This host belongs to the control plane itself, or is not under its domain.'];
    case 'invalid':
      return ['invalid', `${JSON.stringify(parsed.text)} cannot be the id of a project.`];
    case 'bad_host':
      return ['invalid', 'That is neither the name of a host nor an address.'];
  }
}
