import Stripe from 'stripe';
import * as z from 'zod/mini';
import { readJson } from '../../shared/json.ts';
import { type Refusal, refuse } from '../../shared/kernel/refusal.ts';
import type { Instant } from '../../shared/kernel/time.ts';
import type { PaidAmount } from '../commands/payment-gateway.ts';
import { fromStripeAmount } from './stripe-amount.ts';
import { renewalPurpose } from './stripe-metadata.ts';

/** A text, or undefined for anything else. */
const text = z.catch(z.optional(z.string()), undefined);
/** Stripe's id of a payment. Another text is no payment of it, and would be a path of its own in a request. */
const paymentId = z.catch(z.optional(z.string().check(z.regex(/^pi_\w{1,252}$/))), undefined);
/** In Stripe's unit. */
const amount = z.catch(z.optional(z.int()), undefined);

/**
 * The fields of Stripe's event that are used here: the payment and the order it is about. Stripe sends events of every kind
 * to one address, some without an object (thin events), and adds kinds. Each field that is absent or of another form is
 * undefined: such an event is nothing that is used here, and sending it again would not change that.
 */
const stripeEvent = z.catch(
  z.object({
    id: z.catch(z.string(), ''),
    type: text,
    data: z.catch(
      z.object({
        object: z.catch(
          z.object({
            id: paymentId,
            amount,
            currency: text,
            metadata: z.catch(z.object({ order_id: text, purpose: text }), {}),
          }),
          { metadata: {} },
        ),
      }),
      { object: { metadata: {} } },
    ),
  }),
  { id: '', data: { object: { metadata: {} } } },
);
export type StripeEvent = z.output<typeof stripeEvent> & {
  /** Whether the payment renews an earlier one of its order. */
  readonly isRenewal: boolean;
  /** The amount of the payment, where the event has it and its currency. */
  readonly reported?: Pick<PaidAmount, 'amountMinor' | 'currency'> | undefined;
};

/** A signature this much older or newer than the clock is refused: it may be a recording. Stripe's own default. */
const toleranceSeconds = 300;

/**
 * The header has a timestamp and one signature for each secret that is valid while a secret is rotated. The rest is ignored.
 */
const maxHeaderFields = 10;

/** `t=1764000000` or `v1=5257a8…`. Stripe's check throws a defect, not a refusal, on empty and on non-ASCII signatures. */
const headerField = /^\w+=\w+$/;

/**
 * Reads an event from the body of a webhook, if the header `Stripe-Signature` proves that Stripe signed the body within the
 * last five minutes (https://docs.stripe.com/webhooks/signature).
 *
 * @param now the time against which the signature's age is measured.
 * @returns the event, with the fields that it has; `SIGNATURE_INVALID` when the body is not proven to be Stripe's.
 */
export function readStripeEvent(
  rawBody: string,
  signatureHeader: string,
  webhookSecret: string,
  now: Instant,
): StripeEvent | Refusal<'SIGNATURE_INVALID'> {
  if (!isSigned(rawBody, signatureHeader, webhookSecret, now)) {
    return refuse('SIGNATURE_INVALID', 'The signature does not fit the body, or is too old.');
  }
  const read = z.parse(stripeEvent, readJson(rawBody));
  const event = { ...read, isRenewal: read.data.object.metadata.purpose === renewalPurpose };
  const { amount, currency } = event.data.object;
  if (amount === undefined || currency === undefined) return event;
  const code = currency.toUpperCase();
  return { ...event, reported: { amountMinor: fromStripeAmount(amount, code), currency: code } };
}

/** Stripe's own check, which refuses an empty secret too. It has no bound for timestamps in the future, so that is added. */
function isSigned(rawBody: string, signatureHeader: string, secret: string, now: Instant): boolean {
  const received = signatureHeader.split(',', maxHeaderFields).map((field) => field.trim());
  const fields = received.filter((field) => headerField.test(field));
  const nowMs = Date.parse(now);
  const signedAt = signedAtSeconds(received);
  if (signedAt === undefined || signedAt * 1000 - nowMs > toleranceSeconds * 1000) return false;
  // Stripe's check takes an empty text for a missing body, but not empty bytes.
  const payload = rawBody === '' ? new Uint8Array() : rawBody;
  // It counts whole seconds. Rounded up, an age of 300.001 s is above the tolerance.
  const receivedAtMs = Math.ceil(nowMs / 1000) * 1000;
  const header = fields.join(',');
  try {
    return (
      Stripe.webhooks.signature?.verifyHeader(payload, header, secret, toleranceSeconds, undefined, receivedAtMs) ===
      true
    );
  } catch (error) {
    if (error instanceof Stripe.errors.StripeSignatureVerificationError) return false;
    throw error;
  }
}

/**
 * The timestamp of the header. Undefined when there is none, or several: Stripe's check and this one might read different
 * ones.
 */
function signedAtSeconds(fields: readonly string[]): number | undefined {
  const [timestamp, ...others] = fields.filter((field) => /^t(=|$)/.test(field));
  return others.length === 0 && /^t=[1-9]\d*$/.test(timestamp ?? '') ? Number(timestamp?.slice(2)) : undefined;
}
