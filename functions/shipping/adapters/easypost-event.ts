import * as z from 'zod/mini';
import { readJson } from '../../shared/json.ts';
import { type Refusal, refuse } from '../../shared/kernel/refusal.ts';
import type { Instant } from '../../shared/kernel/time.ts';
import { parseOrRefuse } from '../../shared/parse.ts';
import { equalInConstantTime, hmacSha256Hex, isFresh } from '../../shared/signature.ts';

const moment = z.optional(z.nullable(z.string()));

/** EasyPost's event, as far as it matters here: what a tracker says about a parcel. Other objects have no such fields. */
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

/** A parcel that its receiver has. */
export interface DeliveryReport {
  readonly carrierShipmentId: string;
  readonly deliveredAt: string;
}

const signaturePrefix = 'hmac-sha256-hex=';

/**
 * Reads an event from the body of a webhook, if EasyPost signed it not long ago. `X-Hmac-Signature-V2` is the
 * HMAC-SHA256 of `X-Timestamp` (RFC 2822), the method, `X-Path` and the raw body, one after the other
 * (https://support.easypost.com/hc/en-us/articles/39826034964237-Webhook-HMAC-Validation). The SDK only knows the first
 * version, which signs no time: a recording of it would pass for ever.
 *
 * @param path what the signed path has to end with: a message for another endpoint with the same secret is not for us.
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
  if (!isFresh(Date.parse(timestamp), now) || !signedPath.endsWith(path) || webhookSecret === '') return false;
  // EasyPost's own libraries normalize the secret before they use it.
  const expected = hmacSha256Hex(webhookSecret.normalize('NFKD'), `${timestamp}POST${signedPath}${rawBody}`);
  return equalInConstantTime(headers['x-hmac-signature-v2'] ?? '', signaturePrefix + expected);
}

/** The delivery that an event reports, if it reports one. */
export function deliveryIn({ result }: EasypostEvent, receivedAt: Instant): DeliveryReport | undefined {
  if (result.object !== 'Tracker' || result.status !== 'delivered' || !result.shipment_id) return undefined;
  const handover = result.tracking_details?.findLast(({ status }) => status === 'delivered');
  const reported = Date.parse(handover?.datetime ?? result.updated_at ?? '');
  return {
    carrierShipmentId: result.shipment_id,
    deliveredAt: Number.isNaN(reported) ? receivedAt : new Date(reported).toISOString(),
  };
}
