import { createHash } from 'node:crypto';
import { bodyOf, reply } from '../../../support/faulty-server.js';
import { type FaultyServer, hasSecret, isOk, isRestore, isStatus, misreporting, saying } from './fault.js';

const noChecksum = '0'.repeat(64);

export const restoreFaults: readonly FaultyServer[] = [
  {
    name: 'says that it restores and does nothing',
    breaks: ['restore.brings-back', 'restore.told'],
    fault: () => {
      let epoch: number | undefined;
      return async (call, forward) => {
        if (!isRestore(call) || !hasSecret(call) || call.body.r2_checksum === noChecksum) return forward(call);
        if (Number.isInteger(call.epoch)) epoch ??= call.epoch;
        return call.epoch === epoch ? reply(200) : forward(call);
      };
    },
  },
  {
    name: 'does not tell its tables',
    breaks: ['restore.told'],
    fault: saying(isStatus, (body) => ({ ...body, tables: undefined })),
  },
  {
    name: 'restores twice in an epoch',
    breaks: ['restore.once', 'restore.keeps-writes'],
    // To the server behind it, a repeat is a restore of a newer epoch.
    fault: () => {
      const seen = new Map<number, number>();
      const inner = (epoch: number, more = 0) => epoch * 10 + more;
      return async (call, forward) => {
        if (Number.isNaN(call.epoch) || !('valet-epoch' in call.headers)) return outward(await forward(call));
        const epoch = String(inner(call.epoch, isRestore(call) ? seen.get(call.epoch) : 0));
        const said = await forward({ ...call, headers: { ...call.headers, 'valet-epoch': epoch } });
        if (isRestore(call) && isOk(said)) seen.set(call.epoch, (seen.get(call.epoch) ?? 0) + 1);
        return outward(said);
      };
    },
  },
  {
    name: 'never looks at the checksum',
    breaks: ['restore.wrong-checksum'],
    fault: misreporting('checksum_mismatch', 200),
  },
  {
    name: 'takes a damaged archive for a fault of its own',
    breaks: ['restore.damaged'],
    fault: misreporting('archive_damaged', 500),
  },
  {
    name: 'takes any project’s archive',
    breaks: ['restore.other-project'],
    fault: misreporting('not_this_project', 200),
  },
  {
    name: 'says 404 when the download fails',
    breaks: ['restore.broken-download'],
    fault: misreporting('download_failed', 404),
  },
  {
    name: 'says 422 when the download fails',
    breaks: ['restore.broken-download'],
    fault: misreporting('download_failed', 422),
  },
  {
    name: 'puts the archive in its place and checks it then',
    breaks: ['restore.leaves-old'],
    fault: () => async (call, forward) => {
      if (!isRestore(call) || call.body.r2_checksum !== noChecksum || call.body.r2_key === undefined)
        return forward(call);
      const answer = await fetch(String(call.body.download_url));
      if (!answer.ok) return forward(call);
      const r2_checksum = createHash('sha256')
        .update(Buffer.from(await answer.arrayBuffer()))
        .digest('hex');
      await forward({ ...call, text: JSON.stringify({ ...call.body, r2_checksum }) });
      return reply(422, { code: 'checksum_mismatch' });
    },
  },
];

/** Epochs as the caller counts them. */
function outward(said: Awaited<ReturnType<ReturnType<FaultyServer['fault']>>>): typeof said {
  if (said === 'drop') return said;
  const body = bodyOf(said);
  if (Object.keys(body).length === 0) return said;
  const smaller = (part: Readonly<Record<string, unknown>>) =>
    typeof part.epoch === 'number' ? { ...part, epoch: Math.floor(part.epoch / 10) } : part;
  const manifest = body.manifest === undefined ? {} : { manifest: smaller(Object(body.manifest)) };
  return { ...said, text: JSON.stringify({ ...smaller(body), ...manifest }) };
}
