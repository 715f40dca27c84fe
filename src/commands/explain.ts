import { Args } from '@oclif/core';
import { ValetCommand } from '../cli/valet-command.js';
import { explanationText } from '../cli/views/explanation.js';
import type { Explanation } from '../sdk/resources.js';

export default class Explain extends ValetCommand {
  static override description = 'Say why a project is awake or asleep, and what comes next; wakes nothing.';
  static override examples = ['<%= config.bin %> explain demo', '<%= config.bin %> explain demo --json'];

  static override args = { id: Args.string({ description: 'The project.', required: true }) };

  override async run(): Promise<Explanation> {
    const { args, flags } = await this.parse(Explain);
    const explanation = await this.ask(flags, (valet, signal) => valet.projects.explain(args.id, { signal }));
    this.print(explanationText(explanation, this.surroundings.stdout));
    return explanation;
  }
}
