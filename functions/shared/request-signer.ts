import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto';

/** What is signed: a request of one of AWS's JSON protocols, which all are a `POST /` without a query. */
export interface SignableRequest {
  readonly method: string;
  readonly path: string;
  readonly query?: object;
  readonly headers: Record<string, string>;
  readonly body?: string | Uint8Array;
}

/** Whose requests they are. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/** Whom a request goes to, and when: what the SDK says with each request. */
export interface SigningArguments {
  readonly signingDate: Date | number | string;
  readonly signingRegion?: string;
  /** The service's signing name (`dynamodb`). */
  readonly signingService?: string;
}

/** A key is good for one day, region and service. */
interface DerivedKey {
  readonly scope: string;
  readonly credentials: Credentials;
  readonly key: KeyObject;
}

const algorithm = 'AWS4-HMAC-SHA256';
/** What proxies on the way may change. The rest is signed. */
const unsigned = new Set(['authorization', 'connection', 'expect', 'user-agent', 'x-amzn-trace-id']);

/**
 * Signs requests as AWS demands it (Signature Version 4). The SDK's own signer is made anew, with a copy of its client's whole
 * configuration, and imports its key again for every request: a third of what a call costs. This one keeps the key while it is
 * valid. A test compares it with the SDK's.
 */
export class RequestSigner {
  readonly #credentials: () => Promise<Credentials>;
  #derived: DerivedKey | undefined;

  constructor(credentials: () => Promise<Credentials>) {
    this.#credentials = credentials;
  }

  /**
   * Adds the signature to the request's headers, whose names are in lower case.
   *
   * @throws Error for a request of another protocol: S3's, say, have more to sign.
   */
  async sign<Request extends SignableRequest>(request: Request, args: SigningArguments): Promise<Request> {
    const { method, path, query = {}, headers, body = '' } = request;
    if (method !== 'POST' || path !== '/' || Object.keys(query).length > 0) {
      throw new Error(`only requests of AWS's JSON protocols can be signed, not ${method} ${path}`);
    }
    const credentials = await this.#credentials();
    const { signingDate, signingRegion, signingService } = args;
    const time = new Date(signingDate).toISOString().replace(/[-:]|\.\d+/g, '');
    const scope = `${time.slice(0, 8)}/${signingRegion}/${signingService}/aws4_request`;
    headers['x-amz-date'] = time;
    if (credentials.sessionToken !== undefined) headers['x-amz-security-token'] = credentials.sessionToken;
    const names = Object.keys(headers).filter(isSigned).sort();
    const lines = names.map((name) => `${name}:${headers[name]?.replace(/\s+/g, ' ').trim()}\n`).join('');
    const signedHeaders = names.join(';');
    const canonical = `POST\n/\n\n${lines}\n${signedHeaders}\n${hash('sha256', body)}`;
    const signature = createHmac('sha256', this.#keyOf(scope, credentials))
      .update(`${algorithm}\n${time}\n${scope}\n${hash('sha256', canonical)}`)
      .digest('hex');
    const who = `${credentials.accessKeyId}/${scope}`;
    headers.authorization = `${algorithm} Credential=${who}, SignedHeaders=${signedHeaders}, Signature=${signature}`;
    return request;
  }

  #keyOf(scope: string, credentials: Credentials): KeyObject {
    const known = this.#derived;
    if (known?.scope === scope && known.credentials === credentials) return known.key;
    let bytes = Buffer.from(`AWS4${credentials.secretAccessKey}`);
    for (const part of scope.split('/')) bytes = createHmac('sha256', bytes).update(part).digest();
    // Handed over as bytes it would be imported again for every signature, at ten times the price of one.
    const key = createSecretKey(bytes);
    this.#derived = { scope, credentials, key };
    return key;
  }
}

function isSigned(header: string): boolean {
  return !unsigned.has(header);
}
