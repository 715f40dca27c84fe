import { BaseCommand } from '../../cli/base-command.js';

interface Migrated {
  readonly applied: readonly string[];
  readonly version: string;
}

export default class DbMigrate extends BaseCommand {
  static override description =
    'Bring the database up to date; safe to repeat, and needs only DATABASE_URL or DATABASE_DIRECT_URL.';
  static override examples = ['<%= config.bin %> db migrate'];

  override async run(): Promise<Migrated> {
    await this.parse(DbMigrate);
    const { readDirectUrl } = await import('../../sdk/config.js');
    const url = readDirectUrl(this.surroundings.env);
    const { migrate } = await import('../../sdk/database/migrate.js');
    const result = await migrate(url.reveal());
    for (const name of result.applied) this.print(name);
    this.tell(result.applied.length === 0 ? 'The database is up to date.' : `The database is at ${result.version}.`);
    return result;
  }
}
