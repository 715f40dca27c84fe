import { Args, Flags } from '@oclif/core';
import { compact } from '../../cli/compact.js';
import { exitCodes } from '../../cli/failure/exit-codes.js';
import { jsonLinesFlag } from '../../cli/flags/json-lines.js';
import { ValetCommand } from '../../cli/valet-command.js';
import { verifiedTable } from '../../cli/views/archive.js';
import { ValetError } from '../../sdk/errors.js';
import type { VerifyResult } from '../../sdk/resources.js';
import type { Valet } from '../../sdk/valet.js';

export default class ArchivesVerify extends ValetCommand {
  static override description =
    'Read archives back and prove them again, as when they were made; exits with 6 if any is not proven.';
  static override examples = [
    '<%= config.bin %> archives verify 9f2c61d0aa41be57',
    '<%= config.bin %> archives verify --project demo',
    '<%= config.bin %> archives verify --all --limit 500',
    "<%= config.bin %> archives verify --project demo --json | jq '.proofs[] | select(.proven | not)'",
  ];

  static override args = { id: Args.string({ description: 'The archive.' }) };
  static override flags = {
    all: Flags.boolean({ description: 'The current archive of every project instead.', exclusive: ['project'] }),
    project: Flags.string({ description: 'All archives of this project instead.' }),
    limit: Flags.integer({ description: 'At most so many archives (default: 1000).', min: 1, max: 10_000 }),
    cursor: Flags.string({ description: 'Where the run before left off.' }),
    concurrency: Flags.integer({ description: 'So many at a time (default: 2).', min: 1, max: 8 }),
    ...jsonLinesFlag,
  };

  override async run(): Promise<VerifyResult> {
    const { args, flags } = await this.parse(ArchivesVerify);
    const { all, project, limit, cursor, concurrency } = flags;
    if ([args.id !== undefined, all, project !== undefined].filter(Boolean).length !== 1) {
      throw new ValetError('request_invalid', 'Name one archive, or --project for all of a project, or --all.');
    }
    const { id } = args;
    const options = compact({ project, limit, cursor, concurrency });
    const result = await this.ask(flags, (valet, signal) => {
      const steps = id === undefined ? valet.archives.verifySteps(options, { signal }) : one(valet, id, signal);
      return this.follow({ title: 'Verifying', steps, leftBehind }, signal);
    });
    this.#conclude(result, all);
    return result;
  }

  #conclude(result: VerifyResult, ofMany: boolean): void {
    const { proofs, failed } = result;
    if (proofs.some(({ proven }) => !proven) || failed.length > 0) this.surroundings.exitWith(exitCodes.partly);
    if (proofs.length + failed.length === 0) this.tell('No archives.');
    else this.print(verifiedTable(result, { ofMany }, this.surroundings.stdout));
    this.tellOfMore(result.next_cursor);
  }
}

/** One has no steps on its way: what goes wrong is the error of the command. */
async function* one(valet: Valet, id: string, signal: AbortSignal) {
  const proof = await valet.archives.verify(id, { signal });
  const result: VerifyResult = { proofs: [proof], failed: [], next_cursor: null };
  yield { kind: 'done' as const, result };
}

const leftBehind = 'Verifying changes nothing: run it again for the rest.';
