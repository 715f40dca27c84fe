/** A message of PostgreSQL's protocol, version 3: a type, then a length that counts itself. */
export interface Message {
  readonly type: string;
  readonly bytes: Buffer;
}

const headerBytes = 5;

/** Cuts a stream of bytes into messages; the very first from a client has no type. */
export class MessageCutter {
  #rest = Buffer.alloc(0);
  #untyped: boolean;

  constructor(beginsUntyped: boolean) {
    this.#untyped = beginsUntyped;
  }

  push(chunk: Buffer): Message[] {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    const messages: Message[] = [];
    for (let next = this.#next(); next !== undefined; next = this.#next()) messages.push(next);
    return messages;
  }

  #next(): Message | undefined {
    const at = this.#untyped ? 0 : 1;
    if (this.#rest.length < headerBytes) return undefined;
    const length = at + this.#rest.readUInt32BE(at);
    if (this.#rest.length < length) return undefined;
    const bytes = this.#rest.subarray(0, length);
    const type = this.#untyped ? '' : String.fromCharCode(bytes[0] ?? 0);
    this.#rest = this.#rest.subarray(length);
    this.#untyped = false;
    return { type, bytes };
  }
}

/** The text of a simple query (Q) or of a statement that is being prepared (P: its name comes first). */
export function statementOf({ type, bytes }: Message): string | undefined {
  if (type === 'Q') return bytes.subarray(headerBytes, -1).toString('utf8');
  if (type !== 'P') return undefined;
  const nameEnd = bytes.indexOf(0, headerBytes);
  return bytes.subarray(nameEnd + 1, bytes.indexOf(0, nameEnd + 1)).toString('utf8');
}

/** In the place of a statement: nothing that PostgreSQL understands, so it answers with an error. */
export function nonsense(type: string): Buffer {
  const body = Buffer.from(type === 'Q' ? 'refused by the test\0' : '\0refused by the test\0\0\0');
  const header = Buffer.alloc(headerBytes);
  header.write(type);
  header.writeUInt32BE(headerBytes - 1 + body.length, 1);
  return Buffer.concat([header, body]);
}

/** Whether it ends what the client has to say, so that the server answers all of it: a query, or Sync. */
export function endsRound({ type }: Message): boolean {
  return type === 'Q' || type === 'S';
}

/** ReadyForQuery: the answer is complete, and what is not in a transaction is committed. */
export function isReady({ type }: Message): boolean {
  return type === 'Z';
}

export function isInTransaction(ready: Message): boolean {
  return ready.bytes[headerBytes] !== 'I'.charCodeAt(0);
}

/** NotificationResponse: what somebody told by NOTIFY. */
export function isNews({ type }: Message): boolean {
  return type === 'A';
}
