/** Longest head (request or status line and headers) and body taken, in bytes: DynamoDB's own limit is 16 MB. */
const MAX_HEAD = 32 * 1024;
export const MAX_BODY = 17 * 1024 * 1024;

const END_OF_HEAD = Buffer.from('\r\n\r\n');

/** One HTTP/1.1 message with a body of known length. */
export interface HttpMessage {
  /** First line and headers, without the empty line that ends them. */
  readonly head: string;
  readonly body: Buffer;
}

/**
 * Cuts a byte stream into HTTP/1.1 messages. It knows only what the AWS SDK and the store speak: bodies that announce
 * their length. That makes a proxied call about three times cheaper than Node's own HTTP server and client.
 */
export class HttpMessageReader {
  readonly #onMessage: (message: HttpMessage) => void;
  #chunks: Buffer[] = [];
  #size = 0;
  #needed = 0;

  constructor(onMessage: (message: HttpMessage) => void) {
    this.#onMessage = onMessage;
  }

  /** Takes bytes as they come. Throws when they are not a message that it can read. */
  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    while (this.#size > 0 && this.#size >= this.#needed) {
      const all = this.#chunks.length === 1 ? (this.#chunks[0] as Buffer) : Buffer.concat(this.#chunks);
      this.#chunks = [all];
      const endOfHead = all.indexOf(END_OF_HEAD);
      if (endOfHead < 0) {
        if (all.length > MAX_HEAD) throw new Error('HTTP head too long');
        return;
      }
      const head = all.toString('latin1', 0, endOfHead);
      const bodyStart = endOfHead + END_OF_HEAD.length;
      const end = bodyStart + bodyLength(head);
      this.#needed = end;
      if (all.length < end) return;
      this.#chunks = all.length > end ? [all.subarray(end)] : [];
      this.#size = all.length - end;
      this.#needed = 0;
      this.#onMessage({ head, body: all.subarray(bodyStart, end) });
    }
  }
}

/** The headers of a message, their names in lower case. */
export function headersOf(head: string): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const line of head.split('\r\n').slice(1)) {
    const colon = line.indexOf(':');
    if (colon > 0) headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  return headers;
}

function bodyLength(head: string): number {
  const length = /\r\ncontent-length: *(\d+)/i.exec(head);
  if (length) {
    if (Number(length[1]) > MAX_BODY) throw new Error('HTTP body too long');
    return Number(length[1]);
  }
  if (/\r\ntransfer-encoding:/i.test(head)) throw new Error('chunked HTTP bodies are not supported here');
  return 0;
}
