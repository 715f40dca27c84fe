import { approvalFlags, demandYes, personToAsk } from '../../cli/approval.js';
import { BaseCommand } from '../../cli/base-command.js';
import { record } from '../../cli/text/record.js';
import type { RestorePlan } from '../../sdk/upkeep/accept-restore.js';

export default class DbAcceptRestore extends BaseCommand {
  static override description =
    'Accept a database that was restored from a backup, so that Valet destroys what is to go again; never over HTTP.';
  static override examples = [
    '<%= config.bin %> db accept-restore',
    '<%= config.bin %> db accept-restore --dry-run',
    '<%= config.bin %> db accept-restore --yes',
  ];

  static override flags = approvalFlags;

  override async run(): Promise<RestorePlan> {
    const { flags } = await this.parse(DbAcceptRestore);
    const person = flags.yes || flags['dry-run'] ? undefined : personToAsk(this.surroundings, this.jsonEnabled());
    const { readConfig } = await import('../../sdk/config.js');
    const config = readConfig(this.surroundings.env);
    const { openRestoreAcceptance } = await import('../../sdk/accept-restore.js');
    using interruption = this.surroundings.interruption();
    const { signal } = interruption;
    await using acceptance = await openRestoreAcceptance(config);
    const plan = await acceptance.plan(signal);
    if (flags['dry-run']) {
      this.print(shown(plan));
      return plan;
    }
    this.tell(`${shown(plan)}\n`);
    if (person) await demandYes(person, `Accept this database of ${plan.environment}?`, signal);
    const done = await acceptance.accept(signal);
    this.print(`Epochs go on from ${done.epoch}.`);
    return done;
  }
}

function shown(plan: RestorePlan): string {
  const facts = record({
    environment: plan.environment,
    'fly app': plan.fly_app,
    'its last epoch': plan.epoch,
    'high-water mark': plan.mark ?? 'none',
    'in quarantine': plan.quarantined,
  });
  const why = plan.behind
    ? 'The mark is beyond this database: a later state of it was at work, and is\nlost or still runs.'
    : 'The mark is not beyond this database: nothing needs to be accepted.';
  return [
    facts,
    '',
    why,
    `Accepting lets its epochs go on from ${plan.next_epoch} and marks that.`,
    'From then on Valet destroys again what its rows say is to go.',
    'See "A restored database" in docs/operations.md first.',
  ].join('\n');
}
