import type Stripe from 'stripe';
import type { CaptureRequest, PaidAmount } from '../commands/payment-gateway.ts';
import { toStripeAmount } from './stripe-amount.ts';
import { readPayment, type StripePayment, unexpectedStatus } from './stripe-answers.ts';
import { moneyTimeoutMs } from './stripe-client.ts';
import { isKeyReused } from './stripe-faults.ts';
import { captureRefusalOf, unexpectedStateOf } from './stripe-refusals.ts';

/** Takes a shipment's amount. A refusal of Stripe's is thrown as Stripe's own error. */
export async function capture(stripe: Stripe, request: CaptureRequest): Promise<PaidAmount> {
  const { orderId, shipmentId, paymentId, amountMinor, currency, final } = request;
  const captured = { paymentId, amountMinor, currency };
  const expected = { orderId, paymentId, currency };
  const key = `${orderId}:capture:${shipmentId}`;
  const retrieve = async () => readPayment(await stripe.paymentIntents.retrieve(paymentId), expected);
  const captureUnder = async (idempotencyKey: string) => {
    const answer = await stripe.paymentIntents.capture(
      paymentId,
      {
        amount_to_capture: toStripeAmount(amountMinor, currency),
        metadata: { [shipmentId]: String(amountMinor) },
        // Only cards that allow several captures accept the parameter at all.
        ...(final ? {} : { final_capture: false }),
      },
      { idempotencyKey, timeout: moneyTimeoutMs },
    );
    assertCaptured(readPayment(answer, expected), request);
  };
  // A capture that is not the final one leaves the payment open for a second one. The idempotency key that prevents it may
  // have expired when a held order is resumed after days, so the payment is checked first.
  if (!final && hasCaptured(await retrieve(), request)) return captured;
  try {
    await captureUnder(key);
  } catch (error) {
    // A capture whose answer was lost may be repeated as the final one, after the other shipments were captured. Then it has
    // other parameters under the same key, or exceeds what is left. The payment itself shows whether the shipment was
    // captured.
    const otherRequest = isKeyReused(error);
    if (!otherRequest && captureRefusalOf(error) === undefined) throw error;
    const payment = unexpectedStateOf(error, expected) ?? (await retrieve());
    if (hasCaptured(payment, request)) return captured;
    if (!otherRequest) throw error;
    await captureUnder(`${key}:final`);
  }
  return captured;
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
