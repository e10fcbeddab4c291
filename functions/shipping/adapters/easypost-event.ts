import { createHmac, timingSafeEqual } from 'node:crypto';
import * as z from 'zod/mini';
import { readJson } from '../../shared/json.ts';
import { type Refusal, refuse } from '../../shared/kernel/refusal.ts';
import type { Instant } from '../../shared/kernel/time.ts';

/** A text, or undefined for anything else. */
const text = z.catch(z.optional(z.string()), undefined);

/**
 * The fields of EasyPost's event that are used here: a tracker's report about a parcel. EasyPost sends events of every kind
 * of object to one address, and adds kinds. Each field that is absent or of another form is undefined: such an event is
 * nothing that is used here, and sending it again would not change that.
 */
const easypostEvent = z.catch(
  z.object({
    id: z.catch(z.string(), ''),
    description: text,
    result: z.catch(
      z.object({
        object: text,
        status: text,
        shipment_id: text,
        updated_at: text,
        tracking_details: z.catch(z.optional(z.array(z.object({ status: text, datetime: text }))), undefined),
      }),
      {},
    ),
  }),
  { id: '', result: {} },
);
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

/** No parcel of this system was delivered earlier. */
const earliestDelivery = Date.parse('2000-01-01T00:00:00Z');

/** EasyPost's ids of shipments. Another text is no parcel of it, and would be a path of its own in a request. */
const shipmentId = /^shp_\w{1,64}$/;

const signaturePrefix = 'hmac-sha256-hex=';

/**
 * Reads an event from the body of a webhook, if its signature proves that EasyPost sent it. There are two versions, both
 * HMAC-SHA256 with the webhook's secret:
 *
 * - `X-Hmac-Signature-V2` signs `X-Timestamp` (RFC 2822), the method, `X-Path` and the raw body, concatenated
 *   (https://support.easypost.com/hc/en-us/articles/39826034964237-Webhook-HMAC-Validation). It is valid for five minutes.
 * - `X-Hmac-Signature` signs the raw body alone (https://docs.easypost.com/docs/webhooks). A recorded request stays valid,
 *   so it is accepted only in a request without the other one. An event that comes again changes nothing.
 *
 * @param headers header names in lower case.
 * @param path the end of the path that must be signed; proxies may put a path of their own in front.
 * @param now the time against which the signature's age is measured.
 * @returns the event, with the fields that it has; `SIGNATURE_INVALID` when it is not proven to be EasyPost's.
 */
export function readEasypostEvent(
  rawBody: string,
  headers: Readonly<Record<string, string | undefined>>,
  path: string,
  webhookSecret: string,
  now: Instant,
): EasypostEvent | Refusal<'SIGNATURE_INVALID'> {
  if (!isSigned(rawBody, headers, path, webhookSecret, now)) {
    return refuse('SIGNATURE_INVALID', 'The signature does not fit the request, or is too old.');
  }
  return z.parse(easypostEvent, readJson(rawBody));
}

function isSigned(
  rawBody: string,
  headers: Readonly<Record<string, string | undefined>>,
  path: string,
  webhookSecret: string,
  now: Instant,
): boolean {
  if (webhookSecret === '') return false;
  const second = headers['x-hmac-signature-v2'];
  if (second === undefined) {
    return equalInConstantTime(headers['x-hmac-signature'] ?? '', signatureOf(rawBody, webhookSecret));
  }
  const timestamp = headers['x-timestamp'] ?? '';
  const signedPath = headers['x-path'] ?? '';
  const ageMs = Math.abs(Date.parse(now) - Date.parse(timestamp));
  // An unreadable timestamp has the age NaN, which is not within the tolerance.
  if (!(ageMs <= toleranceMs) || !signedPath.endsWith(path)) return false;
  return equalInConstantTime(second, signatureOf(`${timestamp}POST${signedPath}${rawBody}`, webhookSecret));
}

function signatureOf(message: string, webhookSecret: string): string {
  // EasyPost's own libraries normalize the secret in the same way.
  return signaturePrefix + createHmac('sha256', webhookSecret.normalize('NFKD')).update(message, 'utf8').digest('hex');
}

/**
 * Compares in a time that depends on the lengths only, so that response times do not reveal how much of a guess is right.
 */
function equalInConstantTime(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a, 'utf8'), Buffer.from(b, 'utf8')];
  return left.length === right.length && timingSafeEqual(left, right);
}

/**
 * The delivery that an event reports; undefined for any other event.
 *
 * @param receivedAt the time of delivery when the carrier reports none that can be read, one in the future, or one before
 *   the year 2000.
 */
export function deliveryIn({ result }: EasypostEvent, receivedAt: Instant): DeliveryReport | undefined {
  const { object, status: trackerStatus, shipment_id: carrierShipmentId = '' } = result;
  if (object !== 'Tracker' || trackerStatus !== 'delivered' || !shipmentId.test(carrierShipmentId)) return undefined;
  const handover = result.tracking_details?.findLast(({ status }) => status === 'delivered');
  const reported = Date.parse(handover?.datetime ?? result.updated_at ?? '');
  // A parcel is delivered before it is reported. A time of no use as a date is not a number in this comparison.
  const isUsable = reported >= earliestDelivery && reported <= Date.parse(receivedAt) + toleranceMs;
  return { carrierShipmentId, deliveredAt: isUsable ? new Date(reported).toISOString() : receivedAt };
}
