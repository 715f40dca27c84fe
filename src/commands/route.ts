import { Args } from '@oclif/core';
import { prose } from '../cli/text/prose.js';
import { ValetCommand } from '../cli/valet-command.js';
import { routeSentences } from '../cli/views/route.js';
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
    this.print(prose(routeSentences(args.host, route), this.surroundings.stdout));
    return route;
  }
}
