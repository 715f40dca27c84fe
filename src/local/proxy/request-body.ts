import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';

export interface RequestBody {
  /** All of it, or as much as was read before it proved too long to keep. */
  readonly bytes: Buffer;
  /** What comes after `bytes`, to be read once: such a body can be sent once and never replayed. */
  readonly rest: Readable | undefined;
}

export const emptyBody: RequestBody = { bytes: Buffer.alloc(0), rest: undefined };

/** @throws when the client goes away before its body is whole */
export function readRequestBody(request: IncomingMessage, maxReplayBodyBytes: number): Promise<RequestBody> {
  const chunks: Buffer[] = [];
  let size = 0;
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      request.off('data', read).off('end', whole).off('close', gone);
      act();
    };
    const read = (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size <= maxReplayBodyBytes) return;
      request.pause();
      settle(() => resolve({ bytes: Buffer.concat(chunks), rest: request }));
    };
    const whole = () => settle(() => resolve({ bytes: Buffer.concat(chunks), rest: undefined }));
    const gone = () => settle(() => reject(new Error('The client went away while it sent its body.')));
    request.on('data', read).on('end', whole).on('close', gone);
  });
}
