import { Args, Flags } from '@oclif/core';
import { formatBytes } from '../../cli/text/bytes.js';
import { ValetCommand } from '../../cli/valet-command.js';
import { outputFailure, refuseExisting, writeWholeFile } from '../../cli/whole-file.js';
import { ValetError } from '../../sdk/errors.js';
import type { Archive } from '../../sdk/resources.js';

export default class ArchivesGet extends ValetCommand {
  static override description =
    'Write an archive as a plain SQLite file, which appears only once it is whole and its checksum right.';
  static override examples = [
    '<%= config.bin %> archives get 9f2c61d0aa41be57 --output demo.sqlite',
    '<%= config.bin %> archives get 9f2c61d0aa41be57 --output - | sha256sum',
  ];

  static override args = { id: Args.string({ description: 'The archive.', required: true }) };
  static override flags = {
    output: Flags.string({
      char: 'o',
      description: 'The file to write; - is stdout.',
      helpValue: 'FILE',
      required: true,
    }),
    force: Flags.boolean({ description: 'Replace the file if there is one.' }),
  };

  override async run(): Promise<Archive> {
    const { args, flags } = await this.parse(ArchivesGet);
    const toStdout = flags.output === '-';
    if (toStdout && this.jsonEnabled()) {
      throw new ValetError('request_invalid', 'Both the archive and --json want stdout.', {
        hint: 'Give --output a file.',
      });
    }
    if (!toStdout && !flags.force) await refuseExisting(flags.output);
    return this.ask(flags, async (valet, signal) => {
      const { archive, body } = await valet.archives.read(args.id, { signal });
      if (toStdout) await this.#toStdout(body);
      else await writeWholeFile(flags.output, body, { replace: flags.force });
      const size = archive.size_bytes === null ? '' : `, ${formatBytes(archive.size_bytes)}`;
      if (!toStdout) this.tell(`Wrote ${flags.output}: archive ${archive.id} of project ${archive.project_id}${size}.`);
      return archive;
    });
  }

  async #toStdout(body: AsyncIterable<Uint8Array>): Promise<void> {
    for await (const bytes of body) {
      await this.surroundings.writeBytes(bytes).catch((thrown: unknown) => {
        throw outputFailure(thrown, 'stdout');
      });
    }
  }
}
