import type Stripe from 'stripe';
import { TransientFault } from '../../shared/kernel/faults.ts';
import type { Refusal } from '../../shared/kernel/refusal.ts';
import type { SecretStore } from '../../shared/secret-store.ts';
import type {
  AuthorizationRequest,
  CaptureRequest,
  PaidAmount,
  PaymentGateway,
  VoidRequest,
} from '../commands/payment-gateway.ts';
import { fromStripeAmount, toStripeAmount } from './stripe-amount.ts';
import { moneyTimeoutMs, stripeClient } from './stripe-client.ts';
import { faultOf, isKeyRefused, isKeyReused } from './stripe-faults.ts';
import { captureRefusalOf, declined, declineOf, unexpectedStateOf } from './stripe-refusals.ts';

type Authorized = PaidAmount | Refusal<'PAYMENT_DECLINED'>;
type Captured = PaidAmount | Refusal<'PAYMENT_CAPTURE_REFUSED'>;

/** An order has one authorization. Further ones come from races and lost answers, which do not produce this many. */
const maxPaymentsPerOrder = 10;

/**
 * Payments of Stripe: PaymentIntents with manual capture, found by their metadata `order_id`. Idempotency keys are derived
 * from the order, so a repeated request gets the answer of the first one. Stripe keeps the keys for at least 24 hours; after
 * that, the state of the PaymentIntent decides.
 *
 * @param endpoint base URL of the gateway; empty for Stripe's own.
 */
export function stripeGateway(endpoint: string, secret: SecretStore): PaymentGateway {
  const connect = stripeClient(endpoint, secret);

  /** Runs requests. An error becomes the refusal that it stands for, or is thrown as a fault. */
  const call = async <Answer>(
    run: (stripe: Stripe) => Promise<Answer>,
    refusalOf: (error: unknown) => Answer | undefined = () => undefined,
  ): Promise<Answer> => {
    try {
      return await run(await connect());
    } catch (error) {
      if (isKeyRefused(error)) secret.forget();
      const refusal = refusalOf(error);
      if (refusal !== undefined) return refusal;
      throw faultOf(error);
    }
  };

  return {
    authorize: (request) => call<Authorized>((stripe) => authorize(stripe, request), declineOf),
    capture: (request) => call<Captured>((stripe) => capture(stripe, request), captureRefusalOf),
    void: (request) => call((stripe) => voidPayments(stripe, request)),
  };
}

async function authorize(
  stripe: Stripe,
  { orderId, amountMinor, currency, paymentMethodId }: AuthorizationRequest,
): Promise<Authorized> {
  const amount = toStripeAmount(amountMinor, currency);
  if (!Number.isInteger(amount)) return declined('The payment gateway cannot charge this amount exactly.');
  const intent = await stripe.paymentIntents.create(
    {
      amount,
      currency: currency.toLowerCase(),
      payment_method: paymentMethodId,
      allowed_payment_method_types: ['card'],
      payment_method_options: { card: { request_multicapture: 'if_available' } },
      capture_method: 'manual',
      confirm: true,
      // The customer is not present. A payment that needs the customer's confirmation is declined, not left incomplete.
      error_on_requires_action: true,
      metadata: { order_id: orderId },
    },
    { idempotencyKey: `${orderId}:authorize`, timeout: moneyTimeoutMs },
  );
  if (intent.status !== 'requires_capture') return declined(`The payment was not authorized (${intent.status}).`);
  return paid(intent, intent.amount);
}

async function capture(stripe: Stripe, request: CaptureRequest): Promise<PaidAmount> {
  const { orderId, shipmentId, paymentId, amountMinor, currency, final } = request;
  const captured = { paymentId, amountMinor, currency };
  const key = `${orderId}:capture:${shipmentId}`;
  const retrieve = () => stripe.paymentIntents.retrieve(paymentId);
  const captureUnder = (idempotencyKey: string) =>
    stripe.paymentIntents.capture(
      paymentId,
      {
        amount_to_capture: toStripeAmount(amountMinor, currency),
        metadata: { [shipmentId]: String(amountMinor) },
        // Only cards that allow several captures accept the parameter at all.
        ...(final ? {} : { final_capture: false }),
      },
      { idempotencyKey, timeout: moneyTimeoutMs },
    );
  // A capture that is not the final one leaves the payment open for a second one. The idempotency key that prevents it may
  // have expired when a held order is resumed after days, so the payment is checked first.
  if (!final && hasCaptured(await retrieve(), shipmentId)) return captured;
  try {
    await captureUnder(key);
  } catch (error) {
    // A capture whose answer was lost may be repeated as the final one, after the other shipments were captured. Then it has
    // other parameters under the same key, or exceeds what is left. The payment itself shows whether the shipment was
    // captured.
    const otherRequest = isKeyReused(error);
    const refused = otherRequest || captureRefusalOf(error) !== undefined;
    const intent = unexpectedStateOf(error) ?? (refused ? await retrieve() : undefined);
    if (intent !== undefined && hasCaptured(intent, shipmentId)) return captured;
    if (!otherRequest) throw error;
    await captureUnder(`${key}:final`);
  }
  return captured;
}

/** True when the shipment was captured: each capture adds the shipment's id to the metadata. */
function hasCaptured({ metadata }: Stripe.PaymentIntent, shipmentId: string): boolean {
  return metadata[shipmentId] !== undefined;
}

async function voidPayments(
  stripe: Stripe,
  { orderId, paymentId }: VoidRequest,
): Promise<{ voided: PaidAmount | null }> {
  if (paymentId !== undefined) return { voided: await voidPayment(stripe, orderId, paymentId) };
  let voided: PaidAmount | null = null;
  // All of them are voided: an order with two authorizations keeps neither.
  for (const intent of await findPayments(stripe, orderId)) {
    const amount = await voidPayment(stripe, orderId, intent.id);
    if (!neverAuthorized.has(intent.status)) voided = amount;
  }
  return { voided };
}

/** States of a payment that was declined or is incomplete. Such a payment is cancelled too, but nothing was authorized. */
const neverAuthorized: ReadonlySet<string> = new Set([
  'requires_payment_method',
  'requires_confirmation',
  'requires_action',
]);

/**
 * The payments of an order, found with Stripe's search. Its index lags behind by up to a minute, longer during an outage.
 * The webhook covers what the search does not show yet: an authorization of an order that is being undone is voided when
 * Stripe reports it, and one that was reported before is on record (see `receive-payment-webhook`).
 */
async function findPayments(stripe: Stripe, orderId: string): Promise<Stripe.PaymentIntent[]> {
  const found = await stripe.paymentIntents.search({
    query: `metadata['order_id']:'${orderId}'`,
    limit: maxPaymentsPerOrder,
  });
  return found.data.filter((intent) => intent.metadata.order_id === orderId);
}

/** Cancels without retrieving the payment first: almost no payment that is voided was captured. */
async function voidPayment(stripe: Stripe, orderId: string, paymentId: string): Promise<PaidAmount> {
  let intent: Stripe.PaymentIntent;
  try {
    // No idempotency key: a second cancel is refused because of the payment's state, and that answer contains the state.
    intent = await stripe.paymentIntents.cancel(paymentId);
  } catch (error) {
    const unchanged = unexpectedStateOf(error);
    if (unchanged === undefined) throw error;
    intent = unchanged;
  }
  if (intent.status !== 'canceled' && intent.status !== 'succeeded') {
    throw new TransientFault(`payment ${paymentId} is ${intent.status}`);
  }
  if (intent.amount_received > 0) await refund(stripe, orderId, intent);
  return paid(intent, intent.amount);
}

/** Refunds everything that is captured and not refunded yet. */
async function refund(stripe: Stripe, orderId: string, intent: Stripe.PaymentIntent): Promise<void> {
  try {
    await stripe.refunds.create(
      { payment_intent: intent.id, metadata: { order_id: orderId } },
      { idempotencyKey: `${orderId}:void:${intent.id}` },
    );
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'charge_already_refunded') throw error;
  }
}

function paid(intent: Stripe.PaymentIntent, amount: number): PaidAmount {
  const currency = intent.currency.toUpperCase();
  return { paymentId: intent.id, amountMinor: fromStripeAmount(amount, currency), currency };
}
