import * as z from 'zod/mini';
import { readJson } from '../../shared/json.ts';
import { type Refusal, refuse } from '../../shared/kernel/refusal.ts';
import type { Instant } from '../../shared/kernel/time.ts';
import { parseOrRefuse } from '../../shared/parse.ts';
import { equalInConstantTime, hmacSha256Hex, isFresh } from '../../shared/signature.ts';

/** Stripe's event, as far as it matters here: whose payment it is about. Events about other objects have no metadata. */
const stripeEvent = z.object({
  id: z.string(),
  type: z.string(),
  data: z.object({
    object: z.object({
      id: z.optional(z.string()),
      metadata: z.optional(z.nullable(z.record(z.string(), z.string()))),
    }),
  }),
});
export type StripeEvent = z.output<typeof stripeEvent>;

/** A few signatures at once while a secret is being rolled. More is not Stripe's. */
const maxSignatures = 10;

/**
 * Reads an event from the body of a webhook, if Stripe signed it not long ago: the header `Stripe-Signature` holds
 * `t=<seconds>,v1=<hex>`, where v1 is the HMAC-SHA256 of `<t>.<raw body>`
 * (https://docs.stripe.com/webhooks#verify-manually).
 */
export function readStripeEvent(
  rawBody: string,
  signatureHeader: string,
  webhookSecret: string,
  now: Instant,
): StripeEvent | Refusal<'SIGNATURE_INVALID' | 'VALIDATION_FAILED'> {
  if (!isSigned(rawBody, signatureHeader, webhookSecret, now)) {
    return refuse('SIGNATURE_INVALID', 'The signature does not fit the body, or is too old.');
  }
  const parsed = parseOrRefuse(stripeEvent, readJson(rawBody));
  return 'refused' in parsed ? parsed : parsed.value;
}

function isSigned(rawBody: string, header: string, webhookSecret: string, now: Instant): boolean {
  const fields = header.split(',', maxSignatures).map((field) => field.trim().split('=', 2));
  const timestamp = fields.find(([name]) => name === 't')?.[1] ?? '';
  if (!isFresh(Number.parseInt(timestamp, 10) * 1000, now) || webhookSecret === '') return false;
  const expected = hmacSha256Hex(webhookSecret, `${timestamp}.${rawBody}`);
  return fields.some(([name, value]) => name === 'v1' && equalInConstantTime(value ?? '', expected));
}
