import type Stripe from 'stripe';
import type { Refusal } from '../../shared/kernel/refusal.ts';
import type { SecretStore } from '../../shared/secret-store.ts';
import type {
  Authorization,
  AuthorizationRequest,
  PaidAmount,
  PaymentGateway,
  Released,
  Voided,
} from '../commands/payment-gateway.ts';
import { fromStripeAmount, toStripeAmount } from './stripe-amount.ts';
import { capture } from './stripe-capture.ts';
import { captureTermsOf, readPayment, type StripePayment, unexpectedStatus } from './stripe-checks.ts';
import { moneyTimeoutMs, stripeClient } from './stripe-client.ts';
import { faultOf, isKeyRefused } from './stripe-faults.ts';
import { lookUp } from './stripe-look-up.ts';
import { declined, declineOf } from './stripe-refusals.ts';
import { release } from './stripe-release.ts';
import { voidOne, voidPayments } from './stripe-void.ts';

type Authorized = Authorization | Refusal<'PAYMENT_DECLINED'>;
type Captured = PaidAmount | Refusal<'PAYMENT_CAPTURE_REFUSED'>;

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
    authorize: (request) =>
      call<Authorized>(
        (stripe) => authorize(stripe, request),
        (error) => declineOf(error, expectedOf(request)),
      ),
    capture: (request) => call<Captured>((stripe) => capture(stripe, request)),
    void: (request) => call<Voided>((stripe) => voidPayments(stripe, request)),
    voidPayment: (request) => call<Voided>((stripe) => voidOne(stripe, request)),
    release: (request) => call<Released>((stripe) => release(stripe, request)),
    lookUp: (request) => call((stripe) => lookUp(stripe, request)),
  };
}

const expectedOf = ({ orderId, amountMinor, currency }: AuthorizationRequest) => ({
  orderId,
  amount: toStripeAmount(amountMinor, currency),
  currency,
});

async function authorize(stripe: Stripe, request: AuthorizationRequest): Promise<Authorized> {
  const { orderId, currency, paymentMethodId } = request;
  const expected = expectedOf(request);
  if (!Number.isInteger(expected.amount)) {
    return declined('The payment gateway cannot charge this amount exactly.');
  }
  const answer = await stripe.paymentIntents.create(
    {
      amount: expected.amount,
      currency: currency.toLowerCase(),
      payment_method: paymentMethodId,
      allowed_payment_method_types: ['card'],
      payment_method_options: { card: { request_multicapture: 'if_available' } },
      capture_method: 'manual',
      confirm: true,
      // The customer is not present. A payment that needs the customer's confirmation is declined, not left incomplete.
      error_on_requires_action: true,
      metadata: { order_id: orderId },
      // The charge says until when and how often the payment can be captured.
      expand: ['latest_charge'],
    },
    { idempotencyKey: `${orderId}:authorize`, timeout: moneyTimeoutMs },
  );
  return authorizedBy(readPayment(answer, expected));
}

/** States in which the gateway holds no money and asks for something that only the customer can give. */
const notAuthorized: ReadonlySet<string> = new Set(['requires_payment_method', 'requires_action']);

function authorizedBy(payment: StripePayment): Authorized {
  const { id, status, amount, amount_capturable: held, currency } = payment;
  if (notAuthorized.has(status)) return declined(`The payment was not authorized (${status}).`);
  if (status !== 'requires_capture' || held !== amount) throw unexpectedStatus(status);
  const code = currency.toUpperCase();
  return { paymentId: id, amountMinor: fromStripeAmount(amount, code), currency: code, ...captureTermsOf(payment) };
}
