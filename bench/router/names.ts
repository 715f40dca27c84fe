export const domain = 'valet.test';
export const app = 'bench-projects';

const digits = 8;

/** Projects are p00000000, p00000001 and so on: names of one length let a request be changed in place. */
export function projectId(index: number): string {
  return `p${String(index).padStart(digits, '0')}`;
}

/** As long as those of Fly. */
export function machineId(index: number): string {
  return `m${String(index).padStart(13, '0')}`;
}

/** One request whose project's number is written anew each time; `unknown` makes names that no project has. */
export class Request {
  readonly bytes: Buffer;
  readonly #at: number;

  constructor(kind: 'known' | 'unknown') {
    const text = `GET / HTTP/1.1\r\nHost: ${kind === 'known' ? 'p' : 'x'}${'0'.repeat(digits)}.${domain}\r\n\r\n`;
    this.bytes = Buffer.from(text, 'latin1');
    this.#at = text.indexOf(`${'0'.repeat(digits)}.`);
  }

  aimAt(index: number): Buffer {
    let rest = index;
    for (let at = this.#at + digits - 1; at >= this.#at; at -= 1) {
      this.bytes[at] = 48 + (rest % 10);
      rest = Math.floor(rest / 10);
    }
    return this.bytes;
  }
}
