import { createHmac, timingSafeEqual } from 'node:crypto';
import * as z from 'zod/mini';
import { readJson } from '../../shared/json.ts';
import { type Refusal, refuse } from '../../shared/kernel/refusal.ts';
import type { Instant } from '../../shared/kernel/time.ts';
import { parseOrRefuse } from '../../shared/parse.ts';

const moment = z.optional(z.nullable(z.string()));

/** The fields of EasyPost's event that are used here: a tracker's report about a parcel. Other objects lack most of them. */
const easypostEvent = z.object({
  id: z.string(),
  description: z.string(),
  result: z.object({
    object: z.optional(z.string()),
    status: z.optional(z.nullable(z.string())),
    shipment_id: z.optional(z.nullable(z.string())),
    updated_at: moment,
    tracking_details: z.optional(
      z.nullable(z.array(z.object({ status: z.optional(z.nullable(z.string())), datetime: moment }))),
    ),
  }),
});
export type EasypostEvent = z.output<typeof easypostEvent>;

/** The delivery of a parcel to its recipient. */
export interface DeliveryReport {
  /** EasyPost's id of the shipment. */
  readonly carrierShipmentId: string;
  /** ISO 8601, UTC. */
  readonly deliveredAt: string;
}

/** A signature this much older or newer than the clock is refused: it may be a recording. */
const toleranceMs = 300_000;

const signaturePrefix = 'hmac-sha256-hex=';

/**
 * Reads an event from the body of a webhook, if the header `X-Hmac-Signature-V2` proves that EasyPost signed this request within
 * the last five minutes. The signature is the HMAC-SHA256 of `X-Timestamp` (RFC 2822), the method, `X-Path` and the raw body,
 * concatenated (https://support.easypost.com/hc/en-us/articles/39826034964237-Webhook-HMAC-Validation).
 *
 * EasyPost's SDK (8.9.0) checks version 1 only, which signs neither time nor path: a recorded request would be valid
 * indefinitely, at any endpoint with the same secret.
 *
 * @param headers header names in lower case.
 * @param path the end of the path that must be signed; proxies may put a path of their own in front.
 * @param now the time against which the signature's age is measured.
 * @returns the event; `SIGNATURE_INVALID` when the request is not proven to be EasyPost's, `VALIDATION_FAILED` when its body is
 *   no event.
 */
export function readEasypostEvent(
  rawBody: string,
  headers: Readonly<Record<string, string | undefined>>,
  path: string,
  webhookSecret: string,
  now: Instant,
): EasypostEvent | Refusal<'SIGNATURE_INVALID' | 'VALIDATION_FAILED'> {
  if (!isSigned(rawBody, headers, path, webhookSecret, now)) {
    return refuse('SIGNATURE_INVALID', 'The signature does not fit the request, or is too old.');
  }
  const parsed = parseOrRefuse(easypostEvent, readJson(rawBody));
  return 'refused' in parsed ? parsed : parsed.value;
}

function isSigned(
  rawBody: string,
  headers: Readonly<Record<string, string | undefined>>,
  path: string,
  webhookSecret: string,
  now: Instant,
): boolean {
  const timestamp = headers['x-timestamp'] ?? '';
  const signedPath = headers['x-path'] ?? '';
  const ageMs = Math.abs(Date.parse(now) - Date.parse(timestamp));
  // An unreadable timestamp has the age NaN, which is not within the tolerance.
  if (!(ageMs <= toleranceMs) || !signedPath.endsWith(path) || webhookSecret === '') return false;
  // EasyPost's own libraries normalize the secret in the same way.
  const expected = createHmac('sha256', webhookSecret.normalize('NFKD'))
    .update(`${timestamp}POST${signedPath}${rawBody}`, 'utf8')
    .digest('hex');
  return equalInConstantTime(headers['x-hmac-signature-v2'] ?? '', signaturePrefix + expected);
}

/** Compares in a time that depends on the lengths only, so that response times do not reveal how much of a guess is right. */
function equalInConstantTime(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a, 'utf8'), Buffer.from(b, 'utf8')];
  return left.length === right.length && timingSafeEqual(left, right);
}

/**
 * The delivery that an event reports; undefined for any other event.
 *
 * @param receivedAt the time of delivery when the carrier reports none that can be read.
 */
export function deliveryIn({ result }: EasypostEvent, receivedAt: Instant): DeliveryReport | undefined {
  if (result.object !== 'Tracker' || result.status !== 'delivered' || !result.shipment_id) return undefined;
  const handover = result.tracking_details?.findLast(({ status }) => status === 'delivered');
  const reported = Date.parse(handover?.datetime ?? result.updated_at ?? '');
  return {
    carrierShipmentId: result.shipment_id,
    deliveredAt: Number.isNaN(reported) ? receivedAt : new Date(reported).toISOString(),
  };
}
