import { Args } from '@oclif/core';
import { record } from '../cli/record.js';
import { ValetCommand } from '../cli/valet-command.js';
import type { Route } from '../sdk/resources.js';

export default class RouteCommand extends ValetCommand {
  static override description = 'Show where a request would go now, and why; wakes nothing.';
  static override examples = ['<%= config.bin %> route demo', '<%= config.bin %> route demo.valet.example.com'];

  static override args = {
    host: Args.string({ name: 'HOST_OR_ID', description: 'Host name or project id.', required: true }),
  };

  override async run(): Promise<Route> {
    const { args, flags } = await this.parse(RouteCommand);
    const route = await this.ask(flags, (valet, signal) => valet.route(args.host, { signal }));
    this.print(
      record({
        decision: route.decision,
        why: route.reason,
        project: route.project_id,
        state: route.state,
        machine: route.machine_id,
        'fly-replay': route.fly_replay,
        'if it only looks': route.if_observer,
        'if it came back': route.if_returned,
      }),
    );
    return route;
  }
}
