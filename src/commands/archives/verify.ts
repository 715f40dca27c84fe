import { Args, Flags } from '@oclif/core';
import { type Verified, verifiedTable } from '../../cli/archive-view.js';
import { exitCodes } from '../../cli/exit-codes.js';
import { ValetCommand } from '../../cli/valet-command.js';
import { asError, codeOf, ValetError } from '../../sdk/errors.js';
import type { ArchiveProof } from '../../sdk/resources.js';
import type { Valet } from '../../sdk/valet.js';

export default class ArchivesVerify extends ValetCommand {
  static override description =
    'Read archives back and prove them again, as when they were made; exits with 6 if any is not proven.';
  static override examples = [
    '<%= config.bin %> archives verify 9f2c61d0aa41be57',
    '<%= config.bin %> archives verify --project demo',
    "<%= config.bin %> archives verify --project demo --json | jq '.proofs[] | select(.proven | not)'",
  ];

  static override args = { id: Args.string({ description: 'The archive.' }) };
  static override flags = { project: Flags.string({ description: 'All archives of this project instead.' }) };

  override async run(): Promise<Verified> {
    const { args, flags } = await this.parse(ArchivesVerify);
    if ((args.id === undefined) === (flags.project === undefined)) {
      throw new ValetError('request_invalid', 'Name one archive, or --project for all of a project.');
    }
    const verified = await this.ask(flags, async (valet, signal) =>
      args.id === undefined
        ? this.#all(valet, await archiveIds(valet, flags.project ?? '', signal), signal)
        : { proofs: [await valet.archives.verify(args.id, { signal })], failed: [] },
    );
    const unproven = verified.proofs.some(({ proven }) => !proven) || verified.failed.length > 0;
    if (unproven) this.surroundings.exitWith(exitCodes.partly);
    const none = verified.proofs.length + verified.failed.length === 0;
    if (none) this.tell('No archives.');
    else this.print(verifiedTable(verified, this.surroundings.stdout));
    return verified;
  }

  /** One after the other: each is read whole. One that cannot be read does not keep the others from it. */
  async #all(valet: Valet, ids: readonly string[], signal: AbortSignal): Promise<Verified> {
    const proofs: ArchiveProof[] = [];
    const failed: Verified['failed'][number][] = [];
    for (const [index, id] of ids.entries()) {
      this.tell(`Verifying ${id} (${index + 1} of ${ids.length}) …`);
      try {
        proofs.push(await valet.archives.verify(id, { signal }));
      } catch (thrown) {
        signal.throwIfAborted();
        failed.push({ id, code: codeOf(thrown), reason: asError(thrown).message });
      }
    }
    return { proofs, failed };
  }
}

const pageSize = 500;
/** ARCHIVES_KEPT bounds what there is far below. */
const maxPages = 20;

async function archiveIds(valet: Valet, projectId: string, signal: AbortSignal): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < maxPages; page += 1) {
    const filter: { limit: number; cursor?: string } = { limit: pageSize, ...(cursor !== null && { cursor }) };
    const { archives, next_cursor } = await valet.archives.list(projectId, filter, { signal });
    ids.push(...archives.map(({ id }) => id));
    if (next_cursor === null) break;
    cursor = next_cursor;
  }
  return ids;
}
