import { createHmac, createSecretKey, hash, type KeyObject, timingSafeEqual } from 'node:crypto';
import { type AwsCall, AwsError } from './call.ts';

/** Name of each service in a signature, by the part of its targets that comes before the dot. */
const SIGNING_NAMES: Readonly<Record<string, string>> = {
  DynamoDB_20120810: 'dynamodb',
  AWSEvents: 'events',
  AWSStepFunctions: 'states',
  AmazonSQS: 'sqs',
  secretsmanager: 'secretsmanager',
};

/** A call must arrive within this time of its signature. */
const MAX_AGE_MS = 5 * 60_000;

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/]*)\/(\d{8})\/([^/]*)\/([^/]*)\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=(\w+)$/;

/** The content of an `Authorization` header of Signature Version 4. */
export interface Signature {
  readonly accessKeyId: string;
  /** Day in the scope: `20261120`. */
  readonly date: string;
  readonly region: string;
  readonly service: string;
  /** Names, in the order in which they were signed. */
  readonly signedHeaders: readonly string[];
  /** In hexadecimal digits. */
  readonly signature: string;
}

/** The signature of a call; undefined when it is missing or malformed. */
export function signatureOf({ headers }: AwsCall): Signature | undefined {
  const [, accessKeyId, date, region, service, names, signature] =
    AUTHORIZATION.exec(headers.authorization ?? '') ?? [];
  if (accessKeyId === undefined || !date || region === undefined || service === undefined) return undefined;
  return { accessKeyId, date, region, service, signedHeaders: names?.split(';') ?? [], signature: signature ?? '' };
}

/**
 * Verifies calls that were signed with one secret key, by Signature Version 4
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html). It is written from that
 * page and not with the signer that the functions use, so that it finds that signer's mistakes.
 */
export class SignatureCheck {
  readonly #secretAccessKey: string;
  readonly #region: string;
  /** Signing keys by scope: there is one for each day and service. */
  readonly #keys = new Map<string, KeyObject>();

  /** @param region the one that calls must be signed for */
  constructor(secretAccessKey: string, region: string) {
    this.#secretAccessKey = secretAccessKey;
    this.#region = region;
  }

  /**
   * @param now Unix time in milliseconds
   * @throws AwsError, as AWS does, when the call is for another region or service, lacks a required signed header, was
   * signed too long ago, or was signed with another key
   */
  verify(found: Signature, { target, headers, body }: AwsCall, now: number): void {
    const { date, region, service, signedHeaders, signature } = found;
    if (region !== this.#region) throw invalid(`Credential should be scoped to a valid region, not '${region}'.`);
    const signingName = SIGNING_NAMES[target.slice(0, target.indexOf('.'))];
    if (service !== signingName) throw invalid(`Credential should be scoped to correct service: '${signingName}'.`);
    const unsigned = Object.keys(headers).some((name) => name.startsWith('x-amz-') && !signedHeaders.includes(name));
    if (unsigned || !signedHeaders.includes('host')) {
      throw invalid(`'Host' and all 'X-Amz-' headers must be signed, not only ${signedHeaders.join(', ')}.`);
    }
    const at = headers['x-amz-date'] ?? '';
    const signedAt = Date.parse(at.replace(/^(\d{4})(\d\d)(\d\dT\d\d)(\d\d)(\d\dZ)$/, '$1-$2-$3:$4:$5'));
    if (!at.startsWith(date)) throw invalid(`Date in Credential scope does not match X-Amz-Date: ${date}, ${at}`);
    if (!(Math.abs(now - signedAt) <= MAX_AGE_MS)) throw invalid(`Signature expired or not yet current: ${at}`);

    const canonicalHeaders = signedHeaders.map(
      (name) => `${name}:${(headers[name] ?? '').trim().replace(/ +/g, ' ')}\n`,
    );
    const canonicalRequest = [
      'POST',
      '/',
      '',
      canonicalHeaders.join(''),
      signedHeaders.join(';'),
      hash('sha256', body),
    ];
    const scope = [date, region, service, 'aws4_request'];
    const toSign = ['AWS4-HMAC-SHA256', at, scope.join('/'), hash('sha256', canonicalRequest.join('\n'))].join('\n');
    const expected = Buffer.from(hmac(this.#key(scope), toSign).toString('hex'));
    const given = Buffer.from(signature);
    if (given.length === expected.length && timingSafeEqual(given, expected)) return;
    throw invalid('The request signature we calculated does not match the signature you provided.');
  }

  #key(scope: readonly string[]): KeyObject {
    const name = scope.join('/');
    let key = this.#keys.get(name);
    if (!key) {
      // Node's Hmac takes a sixth of the time with a key object as it takes with the key's bytes.
      const first = createSecretKey(`AWS4${this.#secretAccessKey}`, 'utf8');
      key = scope.reduce((secret, part) => createSecretKey(hmac(secret, part)), first);
      // Yesterday's keys are not needed any more, and a wrong date in a call must not fill the memory.
      if (this.#keys.size >= Object.keys(SIGNING_NAMES).length) this.#keys.clear();
      this.#keys.set(name, key);
    }
    return key;
  }
}

function hmac(key: KeyObject, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidSignatureException', message);
}
