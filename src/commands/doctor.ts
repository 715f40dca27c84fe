import { Flags } from '@oclif/core';
import { BaseCommand } from '../cli/base-command.js';
import { exitCodes } from '../cli/failure/exit-codes.js';
import { countsText, findingText, groupText, styleFor } from '../cli/views/doctor.js';
import type { Diagnosis, Finding } from '../sdk/doctor/finding.js';

export default class DoctorCommand extends BaseCommand {
  static override description =
    'Check the whole installation and say how to mend it: settings, database, Fly, R2, network. Changes nothing.';
  static override examples = [
    '<%= config.bin %> doctor',
    '<%= config.bin %> doctor --strict',
    `<%= config.bin %> doctor --json | jq '.checks[] | select(.verdict == "failure")'`,
    '<%= config.bin %> doctor --url https://valet.example.com',
  ];

  static override flags = {
    strict: Flags.boolean({ description: 'Let a warning count as much as a failure for the exit code.' }),
    url: Flags.string({
      description: 'Ask the `valet serve` at this address (default: VALET_URL, else VALET_PUBLIC_URL).',
      helpValue: 'https://…',
    }),
  };

  override async run(): Promise<Diagnosis> {
    const { flags } = await this.parse(DoctorCommand);
    const { env } = this.surroundings;
    const { openDoctor } = await import('../sdk/doctor.js');
    const { diagnosisOf } = await import('../sdk/doctor/finding.js');
    using interruption = this.surroundings.interruption();
    const given = flags.url === undefined ? env : { ...env, VALET_URL: flags.url };
    await using doctor = openDoctor(given, { version: this.config.version });
    const found: Finding[] = [];
    for await (const finding of doctor.examine({ signal: interruption.signal })) {
      this.#show(finding, found.at(-1));
      found.push(finding);
    }
    const diagnosis = diagnosisOf(found);
    this.print(`\n${countsText(diagnosis.counts)}`);
    const { failure, warning } = diagnosis.counts;
    if (failure > 0 || (flags.strict && warning > 0)) this.surroundings.exitWith(exitCodes.unhealthy);
    return diagnosis;
  }

  #show(finding: Finding, before: Finding | undefined): void {
    const style = styleFor(this.surroundings.stdout, this.surroundings.env);
    if (finding.group !== before?.group) this.print(groupText(finding.group, before === undefined));
    this.print(findingText(finding, style));
  }
}
