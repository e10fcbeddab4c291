import type Stripe from 'stripe';
import type { Refusal } from '../../shared/kernel/refusal.ts';
import type { SecretStore } from '../../shared/secret-store.ts';
import type { CaptureRefusal, PaidAmount, PaymentGateway, Released, Voided } from '../commands/payment-gateway.ts';
import { type Authorized, authorize, expectedOf } from './stripe-authorize.ts';
import { capture } from './stripe-capture.ts';
import { readCustomerId } from './stripe-checks.ts';
import { stripeClient } from './stripe-client.ts';
import { faultOf, isKeyRefused } from './stripe-faults.ts';
import { lookUp } from './stripe-look-up.ts';
import { declineOf } from './stripe-refusals.ts';
import { release } from './stripe-release.ts';
import { renew } from './stripe-renew.ts';
import { voidOne, voidPayments } from './stripe-void.ts';

type Captured = PaidAmount | Refusal<CaptureRefusal>;

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
    createCustomer: (customerId) =>
      call(async (stripe) =>
        readCustomerId(
          await stripe.customers.create(
            { metadata: { customer_id: customerId } },
            { idempotencyKey: `customer:${customerId}` },
          ),
        ),
      ),
    capture: (request) => call<Captured>((stripe) => capture(stripe, request)),
    void: (request) => call<Voided>((stripe) => voidPayments(stripe, request)),
    voidPayment: (request) => call<Voided>((stripe) => voidOne(stripe, request)),
    renew: (request) => call((stripe) => renew(stripe, request)),
    release: (request) => call<Released>((stripe) => release(stripe, request)),
    lookUp: (request) => call((stripe) => lookUp(stripe, request)),
  };
}
