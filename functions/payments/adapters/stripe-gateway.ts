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

/** An order has one authorization; more than this many says that something loops. */
const maxPaymentsPerOrder = 10;

/**
 * PaymentIntents with manual capture, found again by their metadata `order_id`. The idempotency keys follow from the
 * order, so a repeated request is answered with what the first one did; Stripe keeps them for at least 24 hours. After
 * that the state of the PaymentIntent itself decides.
 *
 * @param endpoint base URL of the gateway, or empty for Stripe's own.
 */
export function stripeGateway(endpoint: string, secret: SecretStore): PaymentGateway {
  const connect = stripeClient(endpoint, secret);

  /** Runs against the gateway; what it throws comes out as the refusal it stands for, or as a fault. */
  const ask = async <Answer>(
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
    authorize: (request) => ask<Authorized>((stripe) => authorize(stripe, request), declineOf),
    capture: (request) => ask<Captured>((stripe) => capture(stripe, request), captureRefusalOf),
    void: (request) => ask((stripe) => voidPayments(stripe, request)),
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
      // Nobody is there to answer the bank's question: a payment that needs one is declined, not left half done.
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
  const look = () => stripe.paymentIntents.retrieve(paymentId);
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
  // A capture that is not the last leaves the payment open for a second one, so it is looked for first: the key that
  // would stop the second one may be forgotten when a held order is resumed after days.
  if (!final && hasCaptured(await look(), shipmentId)) return captured;
  try {
    await captureUnder(key);
  } catch (error) {
    // A share that was captured while others were open and whose answer was lost may be asked for again as the last:
    // then it is another request under its key, or more than is left. The payment itself says whether it has happened.
    const otherRequest = isKeyReused(error);
    const refused = otherRequest || captureRefusalOf(error) !== undefined;
    const intent = unexpectedStateOf(error) ?? (refused ? await look() : undefined);
    if (intent !== undefined && hasCaptured(intent, shipmentId)) return captured;
    if (!otherRequest) throw error;
    await captureUnder(`${key}:final`);
  }
  return captured;
}

/** A capture leaves the shipment's id in the metadata. */
function hasCaptured({ metadata }: Stripe.PaymentIntent, shipmentId: string): boolean {
  return metadata[shipmentId] !== undefined;
}

async function voidPayments(
  stripe: Stripe,
  { orderId, paymentId }: VoidRequest,
): Promise<{ voided: PaidAmount | null }> {
  if (paymentId !== undefined) return { voided: await voidPayment(stripe, orderId, paymentId) };
  let voided: PaidAmount | null = null;
  // All of them, one after the other: an order with two authorizations keeps neither.
  for (const intent of await findPayments(stripe, orderId)) {
    const given = await voidPayment(stripe, orderId, intent.id);
    if (!neverAuthorized.has(intent.status)) voided = given;
  }
  return { voided };
}

/** A payment in such a state was declined or left half done: it is cancelled too, but there was nothing to give back. */
const neverAuthorized: ReadonlySet<string> = new Set([
  'requires_payment_method',
  'requires_confirmation',
  'requires_action',
]);

/**
 * The payments of an order by Stripe's search, whose index lags behind by up to a minute, more in an outage. What it
 * does not show yet is caught by the webhook: an authorization of an order that is being undone is voided when Stripe
 * reports it, and one reported earlier is noted (see `receive-payment-webhook`).
 */
async function findPayments(stripe: Stripe, orderId: string): Promise<Stripe.PaymentIntent[]> {
  const found = await stripe.paymentIntents.search({
    query: `metadata['order_id']:'${orderId}'`,
    limit: maxPaymentsPerOrder,
  });
  return found.data.filter((intent) => intent.metadata.order_id === orderId);
}

/** Cancels first and asks questions only when that is refused: nearly every payment that is voided was not captured. */
async function voidPayment(stripe: Stripe, orderId: string, paymentId: string): Promise<PaidAmount> {
  let intent: Stripe.PaymentIntent;
  try {
    // Without an idempotency key: a second cancel is refused because of the payment's state, and the state is the answer.
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

/** Refunds whatever is captured and not refunded yet. */
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
