import { createHmac, hash, timingSafeEqual } from 'node:crypto';
import { REGION } from '../template/resource-types.ts';
import { AwsError } from './aws-error.ts';
import type { AwsCall } from './wire-server.ts';

/** What the name of each service is in a signature, by what its targets begin with. */
const SIGNING_NAMES: Readonly<Record<string, string>> = {
  DynamoDB_20120810: 'dynamodb',
  AWSEvents: 'events',
  AWSStepFunctions: 'states',
  AmazonSQS: 'sqs',
  secretsmanager: 'secretsmanager',
};

/** A request has to arrive so soon after it was signed. */
const FRESH_MS = 5 * 60_000;

/** What an `Authorization` header says: who signed, for what (date, region, service), which headers, and the signature. */
const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 Credential=([^/]*)\/(\d{8})\/([^/]*)\/([^/]*)\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=(\w+)$/;

export interface Signature {
  readonly accessKeyId: string;
  readonly date: string;
  readonly region: string;
  readonly service: string;
  /** Names, in the order in which they were signed. */
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

/** What a call says of its signature; undefined when it has none that can be read. */
export function signatureOf({ headers }: AwsCall): Signature | undefined {
  const [, accessKeyId, date, region, service, names, signature] =
    AUTHORIZATION.exec(headers.authorization ?? '') ?? [];
  if (accessKeyId === undefined || !date || region === undefined || service === undefined) return undefined;
  return { accessKeyId, date, region, service, signedHeaders: names?.split(';') ?? [], signature: signature ?? '' };
}

/**
 * Whether a call is signed for this region and for the service that it asks: a look at a text, for every call.
 *
 * @throws AwsError as AWS does
 */
export function checkScope({ region, service }: Signature, { target }: AwsCall): void {
  if (region !== REGION) throw invalid(`Credential should be scoped to a valid region, not '${region}'.`);
  const expected = SIGNING_NAMES[target.slice(0, target.indexOf('.'))];
  if (service !== expected) throw invalid(`Credential should be scoped to correct service: '${expected}'.`);
}

/**
 * Whether the holder of a key has signed just this call, by Signature Version 4, and lately
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html). Written from that page and
 * not from the functions' own signer, so that the one can find the other's mistakes.
 *
 * @param now Unix time in milliseconds
 * @throws AwsError as AWS does
 */
export function checkSignature(
  found: Signature,
  { headers, body }: AwsCall,
  secretAccessKey: string,
  now: number,
): void {
  const { date, region, service, signedHeaders, signature } = found;
  const unsigned = Object.keys(headers).filter((name) => name.startsWith('x-amz-') && !signedHeaders.includes(name));
  if (unsigned.length > 0 || !signedHeaders.includes('host')) {
    throw invalid(`'Host' and all 'X-Amz-' headers must be signed, not only ${signedHeaders.join(', ')}.`);
  }
  const at = headers['x-amz-date'] ?? '';
  const signedAt = Date.parse(at.replace(/^(\d{4})(\d\d)(\d\dT\d\d)(\d\d)(\d\dZ)$/, '$1-$2-$3:$4:$5'));
  if (!at.startsWith(date)) throw invalid(`Date in Credential scope does not match X-Amz-Date: ${date}, ${at}`);
  if (!(Math.abs(now - signedAt) <= FRESH_MS)) throw invalid(`Signature expired or not yet current: ${at}`);

  const canonicalHeaders = signedHeaders.map((name) => `${name}:${(headers[name] ?? '').trim().replace(/ +/g, ' ')}\n`);
  const canonicalRequest = ['POST', '/', '', canonicalHeaders.join(''), signedHeaders.join(';'), hash('sha256', body)];
  const scope = [date, region, service, 'aws4_request'];
  const toSign = ['AWS4-HMAC-SHA256', at, scope.join('/'), hash('sha256', canonicalRequest.join('\n'))].join('\n');
  const key = scope.reduce<string | Buffer>((secret, part) => hmac(secret, part), `AWS4${secretAccessKey}`);
  const expected = Buffer.from(hmac(key, toSign).toString('hex'));
  const given = Buffer.from(signature);
  if (given.length === expected.length && timingSafeEqual(given, expected)) return;
  throw invalid('The request signature we calculated does not match the signature you provided.');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidSignatureException', message);
}
