import type Stripe from 'stripe';
import type { Refusal } from '../../shared/kernel/refusal.ts';
import type { CaptureRefusal, CaptureRequest, PaidAmount } from '../commands/payment-gateway.ts';
import { toStripeAmount } from './stripe-amount.ts';
import { readPayment, type StripePayment, unexpectedStatus } from './stripe-checks.ts';
import { moneyTimeoutMs } from './stripe-client.ts';
import { isKeyReused } from './stripe-faults.ts';
import { captureRefusalOf, unexpectedStateOf } from './stripe-refusals.ts';

/** Takes a shipment's amount. */
export async function capture(stripe: Stripe, request: CaptureRequest): Promise<PaidAmount | Refusal<CaptureRefusal>> {
  const { orderId, shipmentId, paymentId, amountMinor, currency, final } = request;
  const captured = { paymentId, amountMinor, currency };
  const expected = { orderId, paymentId, currency };
  const key = `${orderId}:capture:${shipmentId}`;
  const retrieve = async () => readPayment(await stripe.paymentIntents.retrieve(paymentId), expected);
  /** Undefined when the capture is made, else the error of Stripe that may refuse it. */
  const errorUnder = async (idempotencyKey: string): Promise<unknown> => {
    const params = {
      amount_to_capture: toStripeAmount(amountMinor, currency),
      metadata: { [shipmentId]: String(amountMinor) },
      // Only cards that allow several captures accept the parameter at all.
      ...(final ? {} : { final_capture: false }),
    };
    const options = { idempotencyKey, timeout: moneyTimeoutMs };
    const answer = await stripe.paymentIntents.capture(paymentId, params, options).catch((error: unknown) => error);
    if (answer instanceof Error) return answer;
    assertCaptured(readPayment(answer, expected), request);
    return undefined;
  };
  // A capture that is not the final one leaves the payment open for a second one. The idempotency key that prevents it may
  // have expired when a held order is resumed after days, so the payment is checked first.
  if (!final && hasCaptured(await retrieve(), request)) return captured;
  let error = await errorUnder(key);
  if (error === undefined) return captured;
  // A capture whose answer was lost may be repeated as the final one, after the other shipments were captured. Then it has
  // other parameters under the same key, or exceeds what is left. The payment itself shows whether the shipment was
  // captured.
  if (isKeyReused(error)) {
    if (hasCaptured(await retrieve(), request)) return captured;
    error = await errorUnder(`${key}:final`);
    if (error === undefined) return captured;
  }
  const refusal = captureRefusalOf(error, expected);
  if (refusal === undefined) throw error;
  const payment = unexpectedStateOf(error, expected) ?? (await retrieve());
  return hasCaptured(payment, request) ? captured : refusal;
}

/**
 * True when the shipment was captured: each capture adds the shipment's id and amount to the metadata.
 *
 * @throws Error when it was captured with another amount.
 */
function hasCaptured({ metadata, amount_received: received }: StripePayment, request: CaptureRequest): boolean {
  const { shipmentId, amountMinor, currency } = request;
  const recorded = metadata[shipmentId];
  if (recorded === undefined) return false;
  if (recorded !== String(amountMinor)) throw new Error(`shipment ${shipmentId} was captured with another amount`);
  return received >= toStripeAmount(amountMinor, currency);
}

/** A capture that is not the last one may be repeated after the payment has been captured whole, or voided. */
const capturedStates = { final: ['succeeded'], partial: ['requires_capture', 'succeeded', 'canceled'] };

function assertCaptured(payment: StripePayment, request: CaptureRequest): void {
  const states = request.final ? capturedStates.final : capturedStates.partial;
  if (!states.includes(payment.status) || !hasCaptured(payment, request)) throw unexpectedStatus(payment.status);
}
