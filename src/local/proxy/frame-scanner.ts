/**
 * Knows where the frames of a WebSocket end, in one direction, from the bytes as they pass. RFC 6455, section 5.2.
 * What is no WebSocket gives no error, only a meaningless answer.
 */
export class FrameScanner {
  /** Of the frame that is being read, as far as it has come. */
  #header: number[] = [];
  #payloadLeftBytes = 0;

  /** True when the last byte seen was the last of a frame: another may be put in here. */
  get atBoundary(): boolean {
    return this.#header.length === 0 && this.#payloadLeftBytes === 0;
  }

  see(bytes: Buffer): void {
    let at = 0;
    while (at < bytes.length) {
      if (this.#payloadLeftBytes > 0) {
        const passed = Math.min(this.#payloadLeftBytes, bytes.length - at);
        this.#payloadLeftBytes -= passed;
        at += passed;
      } else {
        this.#header.push(bytes[at++] ?? 0);
        this.#endHeader();
      }
    }
  }

  #endHeader(): void {
    const [, second] = this.#header;
    if (second === undefined) return;
    const shortLength = second & 0x7f;
    const lengthBytes = shortLength === 127 ? 8 : shortLength === 126 ? 2 : 0;
    const maskBytes = second & 0x80 ? 4 : 0;
    if (this.#header.length < 2 + lengthBytes + maskBytes) return;
    const length = this.#header.slice(2, 2 + lengthBytes).reduce((value, byte) => value * 256 + byte, 0);
    this.#payloadLeftBytes = lengthBytes === 0 ? shortLength : length;
    this.#header = [];
  }
}

/** A server's close frame with code 1001, "going away". */
export const goingAwayFrame: Buffer = Buffer.from([0x88, 0x02, 0x03, 0xe9]);
