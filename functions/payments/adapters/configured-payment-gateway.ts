import { secretStore } from '../../shared/secret-store.ts';
import type { PaymentGateway } from '../commands/payment-gateway.ts';
import { withZeroAmountPayments } from '../commands/zero-amount-payment.ts';
import { stripeGateway } from './stripe-gateway.ts';

/**
 * The payment gateway of this deployment.
 *
 * @param config `PAYMENT_ENDPOINT` is the gateway's base URL, or empty for Stripe's own.
 */
export function paymentGateway(
  config: { readonly PAYMENT_ENDPOINT: string; readonly PAYMENT_SECRET_ID: string },
  secret = secretStore(config.PAYMENT_SECRET_ID),
): PaymentGateway {
  return withZeroAmountPayments(stripeGateway(config.PAYMENT_ENDPOINT, secret));
}
