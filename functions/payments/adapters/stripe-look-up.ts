import type Stripe from 'stripe';
import type { LookUpRequest, PaymentAmounts } from '../commands/payment-gateway.ts';
import { fromStripeAmount } from './stripe-amount.ts';
import { captureTermsOf, readPayment } from './stripe-checks.ts';
import { isUnknownPayment } from './stripe-refusals.ts';
import { refundedOf } from './stripe-void.ts';

/** Each capture adds the shipment's id and amount to the metadata. */
const isShipment = (name: string) => name.startsWith('shp_');

/** What Stripe has on record for a payment. */
export async function lookUp(stripe: Stripe, request: LookUpRequest): Promise<PaymentAmounts | undefined> {
  const { paymentId, currency } = request;
  const answer = await stripe.paymentIntents
    .retrieve(paymentId, { expand: ['latest_charge'] })
    .catch((error: unknown) => {
      if (isUnknownPayment(error)) return undefined;
      throw error;
    });
  if (answer === undefined) return undefined;
  const payment = readPayment(answer, request);
  const { amount, amount_received: received, amount_capturable: open, metadata } = payment;
  const { multicapture } = captureTermsOf(payment);
  const refunded = received > 0 ? await refundedOf(stripe, request) : 0;
  const inMinorUnits = (each: number) => fromStripeAmount(each, currency);
  return {
    authorizedMinor: inMinorUnits(amount),
    capturedMinor: inMinorUnits(received),
    refundedMinor: inMinorUnits(refunded),
    openMinor: inMinorUnits(open),
    captures: Object.fromEntries(
      Object.entries(metadata).flatMap(([name, value]) => (isShipment(name) ? [[name, Number(value)]] : [])),
    ),
    ...(multicapture === undefined ? {} : { multicapture }),
  };
}
